"""How an agency's registers were read before, as keyed hashes: no heading and no word stays here in clear."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from accounts.vault import blind

from ..models import Register, RegisterMemory
from .columns import BY_NAME, guess, plain

IGNORED = "-"


def _key(text: str) -> bytes:
    return blind(plain(text), column="register heading")


def columns_of(register: Register, headings: list[str]) -> dict[int, str]:
    """What each column is: as this agency said last time, else by its heading. Each is taken once, the first wins."""
    keys = {at: _key(heading) for at, heading in enumerate(headings) if plain(heading)}
    remembered = {
        bytes(row.key): row.meaning
        for row in RegisterMemory.objects.filter(
            agency=register.agency_id, column="", key__in=list(keys.values())
        ).order_by("pk")
    }
    found: dict[int, str] = {}
    for at, key in keys.items():
        meaning = remembered.get(key) or guess(headings[at])
        if meaning in BY_NAME and meaning not in found.values():
            found[at] = meaning
    return found


def words_for(register: Register, written: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """{column: {word as compared: code}} of the words that this agency has matched before."""
    keys = {(name, _key(word)): plain(word) for name, words in written.items() for word in words}
    rows = RegisterMemory.objects.filter(
        agency=register.agency_id, column__in=list(written), key__in=[key for _name, key in keys]
    ).order_by("pk")
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        word = keys.get((row.column, bytes(row.key)))
        if word is not None:
            found.setdefault(row.column, {})[word] = row.meaning
    return found


def remember_columns(register: Register, headings: list[str], columns: Mapping[int, str]) -> None:
    meant = {_key(heading): columns.get(at, IGNORED) for at, heading in enumerate(headings) if plain(heading)}
    _keep(register, [("", key, meaning) for key, meaning in meant.items()])


def remember_words(register: Register, words: Mapping[str, Mapping[str, str]]) -> None:
    _keep(register, [(name, _key(word), code) for name, own in words.items() for word, code in own.items()])


def _keep(register: Register, rows: Iterable[tuple[str, bytes, str]]) -> None:
    now = timezone.now()
    made: list[Any] = [
        RegisterMemory(agency_id=register.agency_id, column=column, key=key, meaning=meaning, used_at=now)
        for column, key, meaning in sorted(rows)
    ]
    RegisterMemory.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["agency", "column", "key"],
        update_fields=["meaning", "used_at"],
    )
