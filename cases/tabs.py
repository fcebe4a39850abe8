"""Two tabs of one draft: an old page must not wipe out what a newer one saved.

A page carries what it was given: its own token, the draft's version then, and a digest of each answer. The draft
remembers of each answer which page wrote it at which version (`<field>:page`). So a page that is sent later changes
only what was changed on it, and where both changed one answer the person decides.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac

from accounts.models import User
from desk import drafts
from desk.models import Draft

Typed = dict[str, list[str]]
#: The hidden input of a page; also the query of the address that takes single fields.
GIVEN = "given"
_BOXES = ("_day", "_month", "_year")


def inputs_of(name: str, form_field: Any) -> tuple[str, ...]:
    """The inputs of one answer: a date has three."""
    return tuple(name + box for box in _BOXES) if hasattr(form_field, "precision") else (name,)


def _answer(typed: Mapping[str, Any], inputs: Iterable[str]) -> list[list[str]]:
    """An answer as it is compared: browsers send other line ends than they were given, and empty boxes or none."""
    tidy = ([v.replace("\r\n", "\n").strip() for v in typed.get(name, ())] for name in inputs)
    return [[value for value in values if value] for values in tidy]


@dataclass(frozen=True)
class Given:
    """What a page was made of."""

    page: str
    version: int
    digests: tuple[str, ...] = ()

    @classmethod
    def of(cls, draft: Draft, form_class: Any, typed: Typed) -> "Given":
        page = secrets.token_hex(6)
        answers = (_answer(typed, inputs_of(*item)) for item in form_class.base_fields.items())
        return cls(page, draft.version, tuple(_digest(page, answer) for answer in answers))

    @classmethod
    def read(cls, text: str) -> "Given | None":
        """None for a page that says nothing of itself: all on it counts as changed."""
        page, _dot, rest = text.partition(".")
        version, _dot, digests = rest.partition(".")
        if not (page and version.isascii() and version.isdigit() and len(version) < 9):
            return None
        return cls(page, int(version), tuple(digests.split(".")))

    def __str__(self) -> str:
        return ".".join((self.short, *self.digests))

    @property
    def short(self) -> str:
        """Without the digests, for an address."""
        return f"{self.page}.{self.version}"

    def newer(self, typed: Typed, name: str) -> bool:
        """Whether another page wrote this answer after this page was made."""
        page, version = (typed.get(f"{name}:page") or ["", "0"])[:2]
        return page != self.page and int(version) > self.version

    def unchanged(self, position: int, answer: list[list[str]]) -> bool:
        return position < len(self.digests) and self.digests[position] == _digest(self.page, answer)


def _digest(page: str, answer: list[list[str]]) -> str:
    return salted_hmac(page, repr(answer)).hexdigest()[:12]


@dataclass
class Kept:
    """What the draft holds after a page was sent; `contested` is what both pages changed, as this one has it."""

    draft: Draft
    typed: Typed
    contested: dict[str, Typed] = field(default_factory=dict)

    @property
    def shown(self) -> Typed:
        shown = dict(self.typed)
        for values in self.contested.values():
            shown |= values
        return shown


def keep(
    draft: Draft, form_class: Any, posted: Mapping[str, list[str]], *, by: User, whole: bool = True
) -> Kept:
    """Keep what was changed on a page, of which `whole` says that what is missing was emptied."""
    typed: Typed = drafts.read(draft)
    given = Given.read("".join(posted.get(GIVEN, ())))
    changes: Typed = {}
    contested: dict[str, Typed] = {}
    for position, (name, form_field) in enumerate(form_class.base_fields.items()):
        inputs = inputs_of(name, form_field)
        mine = {one: list(posted.get(one, ())) for one in inputs if whole or one in posted}
        answer = _answer(mine, inputs)
        if not mine or answer == _answer(typed, inputs):
            continue
        if given is None or not given.newer(typed, name):
            changes |= mine | written(name, given, draft)
        elif not given.unchanged(position, answer):
            contested[name] = mine
    if changes:
        draft = drafts.keep(draft_id=draft.pk, changes=changes, by=by)
    return Kept(draft, typed | changes, contested)


def written(name: str, given: Given | None, draft: Draft) -> Typed:
    """The mark of who writes an answer: the version is the one that the writing makes."""
    return {f"{name}:page": [given.page if given else "", str(draft.version + 1)]}
