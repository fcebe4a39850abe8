"""Private drafts: what somebody typed and has not sent. Sealed under their own key, or under the draft's own where it
can go to somebody else (desk/heirs.py)."""

import datetime
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.vault import Subject, ensure_key, seal, unseal

from .models import Draft

KEEP_FOR = datetime.timedelta(days=30)
PLACE = "desk_draft.sealed"
#: Never kept, wherever it was typed.
NEVER = frozenset(
    {
        "password",
        "oldpassword",
        "password1",
        "password2",
        "csrfmiddlewaretoken",
        "once",
        "language",
        "next",
        "version",
        "_path",
        "typed_by",
    }
)
#: In what was kept: the drafts that stood on the page when it was typed, and are worth nothing once it is sent.
BEFORE = "kept"


def _subject(owner_id: uuid.UUID) -> Subject:
    return Subject("STAFF", owner_id)


def _ensure_key(owner_id: uuid.UUID) -> Subject:
    subject = _subject(owner_id)
    ensure_key(subject)
    return subject


@transaction.atomic
def start(*, by: User, kind: str, data: Mapping[str, Any], path: str = "") -> Draft:
    """A new draft of `by`; not an act on any record, so not on the trail."""
    subject = _ensure_key(by.pk)
    draft = Draft(owner=by, kind=kind, path=path, expires_at=timezone.now() + KEEP_FOR)
    draft.sealed = seal(dict(data), subject=subject, place=PLACE, row=draft.pk)
    draft.save(force_insert=True)
    return draft


def subject_of(draft: Draft) -> Subject:
    """Whose key it is sealed under."""
    return Subject("DRAFT", draft.pk) if draft.own_key else _subject(draft.owner_id)


def read(draft: Draft) -> dict[str, Any]:
    """What the draft holds. Raises CannotOpen for anybody but its owner (the key is out of reach)."""
    data: dict[str, Any] = unseal(draft.sealed, subject=subject_of(draft), place=PLACE, row=draft.pk)
    return data


@transaction.atomic
def keep(*, draft_id: uuid.UUID, changes: Mapping[str, Any], by: User) -> Draft:
    """Merge `changes` into a draft (locked, so that two fields left at once are both kept)."""
    draft = Draft.objects.select_for_update().get(pk=draft_id, owner=by)
    data = read(draft) | dict(changes)
    draft.sealed = seal(data, subject=subject_of(draft), place=PLACE, row=draft.pk)
    draft.version += 1
    draft.updated_at = timezone.now()
    draft.expires_at = draft.updated_at + KEEP_FOR
    draft.save(update_fields=["sealed", "version", "updated_at", "expires_at"])
    return draft


@transaction.atomic
def finish(*, draft_id: uuid.UUID, left: Mapping[str, Any], by: User) -> None:
    """Forget what was typed and leave only what it became, so that an old page of the draft leads there."""
    draft = Draft.objects.select_for_update().get(pk=draft_id, owner=by)
    draft.sealed = seal(dict(left), subject=subject_of(draft), place=PLACE, row=draft.pk)
    draft.version += 1
    draft.updated_at = timezone.now()
    draft.save(update_fields=["sealed", "version", "updated_at"])


def drop(*, draft_id: uuid.UUID, by: User) -> None:
    Draft.objects.filter(pk=draft_id, owner=by).delete()


def mine(user: User, kind: str) -> list[Draft]:
    rows = Draft.objects.filter(owner=user, kind=kind, expires_at__gt=timezone.now())
    return list(rows.select_related("handed_by").order_by("-updated_at", "pk"))


def carry(
    *, user: User, path: str, data: Mapping[str, list[str]], keep_for: datetime.timedelta | None = None
) -> Draft | None:
    """Keep what was typed on a page until its owner has sent it from there. None where nothing was typed.

    `data` is what was posted, whole: what is not in it was emptied or unticked. With `keep_for` the text is only
    passed on to the same page, which must then look exactly as it did, empty boxes and all.
    """
    kept = {name: values for name, values in data.items() if name not in NEVER and "password" not in name}
    before = _ids(kept.pop(BEFORE, []))
    if keep_for is None and not any(value.strip() for values in kept.values() for value in values):
        return None
    draft = Draft(
        owner=user,
        kind=Draft.Kind.TYPED,
        path=_path(path),
        # Passed on for an hour; but text that waited here before keeps waiting in its newest form.
        expires_at=timezone.now() + (KEEP_FOR if before else keep_for or KEEP_FOR),
    )
    subject = _ensure_key(user.pk)
    draft.sealed = seal({**kept, BEFORE: before}, subject=subject, place=PLACE, row=draft.pk)
    draft.save(force_insert=True)
    return draft


@dataclass(frozen=True)
class Carried:
    """What was kept for a page: {field: values}, and the drafts to forget when the page has been sent."""

    data: dict[str, list[str]]
    ids: list[str]

    @property
    def is_worth_saying(self) -> bool:
        return any(value.strip() for values in self.data.values() for value in values)


def carried(user: User, path: str) -> Carried | None:
    """What was typed on this page last and not sent. Looking deletes nothing: a reload shows it again."""
    draft = (
        Draft.objects.filter(
            owner=user, kind=Draft.Kind.TYPED, path=_path(path), expires_at__gt=timezone.now()
        )
        .order_by("-updated_at", "pk")
        .first()
    )
    if draft is None:
        return None
    data = read(draft)
    return Carried(ids=[str(draft.pk), *data.pop(BEFORE, [])], data=data)


def forget(*, ids: list[str], by: User) -> None:
    """What was kept has been sent: these, and no other text that waits for the same page."""
    if known := _ids(ids):
        Draft.objects.filter(pk__in=known, owner=by, kind=Draft.Kind.TYPED).delete()


def _path(path: str) -> str:
    return path.replace("\x00", "")[:200]


def _ids(given: list[str]) -> list[str]:
    """The ids among what a form sent, at most a few: they come from outside."""
    found = []
    for text in given[:20]:
        with suppress(ValueError):
            found.append(str(uuid.UUID(text)))
    return found
