"""Who goes on with a new case file that its writer has begun and cannot finish: a colleague whom the writer chose.

Nobody else chooses, and nobody is told what stands in it: a draft may say that an official of that very office could be
involved (docs/adr/0018). The database decides the same on its own (migration 0007).
"""

import uuid

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.refusals import NotNow
from accounts.roles import CAPABILITIES, Capability, Role
from accounts.vault import ensure_key, seal
from audit.kinds import Kind
from audit.record import NOW, Thing, record, record_many

from . import drafts
from .models import Draft

#: Roles whose members make case files.
OPENERS = [role.value for role in Role if Capability.OPEN_FILE in CAPABILITIES[role]]


def takers(user: User) -> list[User]:
    """The colleagues who make case files at an agency of this person, in the order of a list."""
    posts = Membership.objects.live().filter(agency__in=user.rights.homes, role__in=OPENERS)
    rows = User.objects.filter(pk__in=posts.values("person")).exclude(pk=user.pk)
    return list(rows.order_by("full_name_km", "pk"))


@transaction.atomic
def name_heir(*, draft_id: uuid.UUID, heir: User | None, by: User) -> Draft:
    """Note who goes on with a draft when the last role of `by` that makes files, or their account, has ended; None:
    nobody does. Raises NotNow where `heir` cannot be one."""
    draft: Draft = Draft.objects.select_for_update().get(pk=draft_id, owner=by, kind=Draft.Kind.INTAKE)
    if heir is not None and heir.pk not in {one.pk for one in takers(by)}:
        raise NotNow(_("%(name)s cannot take it now. Choose somebody else.") % {"name": heir.name})
    if heir is not None and not draft.own_key:
        data = drafts.read(draft)
        draft.own_key = True
        ensure_key(drafts.subject_of(draft))
        draft.sealed = seal(data, subject=drafts.subject_of(draft), place=drafts.PLACE, row=draft.pk)
    draft.heir = heir
    draft.save(update_fields=["own_key", "sealed", "heir"])
    return draft


@transaction.atomic
def hand_over(*, draft_id: uuid.UUID, to: User, by: User) -> None:
    """From now on the draft is another's, out of sight of `by`. Raises NotNow where `to` cannot take it."""
    name_heir(draft_id=draft_id, heir=to, by=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_hand_draft(%s, %s)", [draft_id, to.pk])
        (handed,) = cursor.fetchone()
    if not handed:
        raise NotNow(_("%(name)s cannot take it now. Choose somebody else.") % {"name": to.name})
    thing, detail = _told(draft_id, by.pk, to.pk)
    record(Kind.DRAFT_HANDED_OVER, thing, detail=detail)


@transaction.atomic
def fall() -> int:
    """Every draft whose owner makes no files any more goes to whom they chose, as long as that one does. How many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT draft, former, heir FROM desk_drafts_fall()")
        done = cursor.fetchall()
    record_many(Kind.DRAFT_HANDED_OVER, [(*_told(*row), NOW) for row in done])
    return len(done)


def _told(draft: uuid.UUID, former: uuid.UUID, to: uuid.UUID) -> tuple[Thing, dict[str, str]]:
    return Thing(type="draft", id=str(draft)), {"from": str(former), "to": str(to)}
