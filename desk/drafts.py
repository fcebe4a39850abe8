"""Private drafts: what somebody typed and has not sent, sealed under their own key."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.vault import Subject, fetch_keys, make_key, seal, unseal
from audit.context import require_actor

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
    }
)


def _subject(owner_id: uuid.UUID) -> Subject:
    return Subject("STAFF", owner_id)


def _ensure_key(owner_id: uuid.UUID) -> Subject:
    subject = _subject(owner_id)
    fetch_keys(subject)
    if subject not in require_actor().memo.get("vault", {}):
        make_key(subject)
    return subject


@transaction.atomic
def start(*, by: User, kind: str, data: Mapping[str, Any], path: str = "") -> Draft:
    """A new draft of `by`; not an act on any record, so not on the trail."""
    subject = _ensure_key(by.pk)
    draft = Draft(owner=by, kind=kind, path=path, expires_at=timezone.now() + KEEP_FOR)
    draft.sealed = seal(dict(data), subject=subject, place=PLACE, row=draft.pk)
    draft.save(force_insert=True)
    return draft


def read(draft: Draft) -> dict[str, Any]:
    """What the draft holds. Raises CannotOpen for anybody but its owner (the key is out of reach)."""
    data: dict[str, Any] = unseal(draft.sealed, subject=_subject(draft.owner_id), place=PLACE, row=draft.pk)
    return data


@transaction.atomic
def keep(*, draft_id: uuid.UUID, changes: Mapping[str, Any], by: User) -> Draft:
    """Merge `changes` into a draft (locked, so that two fields left at once are both kept)."""
    draft = Draft.objects.select_for_update().get(pk=draft_id, owner=by)
    data = read(draft) | dict(changes)
    draft.sealed = seal(data, subject=_subject(by.pk), place=PLACE, row=draft.pk)
    draft.version += 1
    draft.updated_at = timezone.now()
    draft.expires_at = draft.updated_at + KEEP_FOR
    draft.save(update_fields=["sealed", "version", "updated_at", "expires_at"])
    return draft


@transaction.atomic
def finish(*, draft_id: uuid.UUID, left: Mapping[str, Any], by: User) -> None:
    """Forget what was typed and leave only what it became, so that an old page of the draft leads there."""
    draft = Draft.objects.select_for_update().get(pk=draft_id, owner=by)
    draft.sealed = seal(dict(left), subject=_subject(by.pk), place=PLACE, row=draft.pk)
    draft.version += 1
    draft.updated_at = timezone.now()
    draft.save(update_fields=["sealed", "version", "updated_at"])


def drop(*, draft_id: uuid.UUID, by: User) -> None:
    Draft.objects.filter(pk=draft_id, owner=by).delete()


def mine(user: User, kind: str) -> list[Draft]:
    return list(
        Draft.objects.filter(owner=user, kind=kind, expires_at__gt=timezone.now()).order_by(
            "-updated_at", "pk"
        )
    )


def carry(*, user: User, path: str, data: Mapping[str, Any]) -> None:
    """Keep what was typed on a page (language switch, ended session, stale form) until its owner returns there.

    `data` maps a field to its list of values, as a QueryDict's `lists()` gives it.
    """
    path = path.replace("\x00", "")
    kept = {name: values for name, values in data.items() if name not in NEVER and any(values)}
    if not kept:
        return
    draft = Draft(owner=user, kind=Draft.Kind.TYPED, path=path[:200], expires_at=timezone.now() + KEEP_FOR)
    draft.sealed = seal(kept, subject=_ensure_key(user.pk), place=PLACE, row=draft.pk)
    draft.save(force_insert=True)


def take_carried(user: User, path: str) -> dict[str, list[str]] | None:
    """What was typed on this page before, once; it is forgotten here as soon as it is shown again."""
    path = path.replace("\x00", "")
    drafts = Draft.objects.filter(
        owner=user, kind=Draft.Kind.TYPED, path=path[:200], expires_at__gt=timezone.now()
    ).order_by("-updated_at", "pk")
    newest = drafts.first()
    if newest is None:
        return None
    data: dict[str, list[str]] = read(newest)
    drafts.delete()
    return data
