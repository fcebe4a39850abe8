"""Slips and passwords: a code on paper, handed over in person, with which somebody chooses their password."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.context import become, require_actor
from audit.kinds import Kind
from audit.record import Thing, record

from ..about import person_thing
from ..access import check_manages_account, runs_place
from ..models import Factor, Slip, User
from ..paper import as_printed, in_groups, new_code
from ..printed import VALID_FOR
from ..refusals import Refused

#: 59 bits: nobody tries them all in a week.
_LENGTH = 12


@dataclass(frozen=True)
class Printed:
    """A new slip with its code in clear: shown once, on the page that prints it, and kept nowhere."""

    slip: Slip
    code: str


def check_may_print(by: User | None, person: User) -> None:
    """Refuse whoever may not print a slip for this person now."""
    if by is not None and by.pk == person.pk:
        raise Refused(_("For yourself, change the password on your own page."), code="own-slip")
    check_manages_account(by, person)
    if by is not None and not runs_place(by) and person.last_login is not None:
        raise Refused(
            _("This person has signed in before. An administrator prints their new slip."), code="slip-again"
        )
    if not person.is_active:
        raise Refused(_("This account is closed. Open it again first."), code="account-closed")
    if by is not None and Factor.objects.live().filter(person=person, kind="SHEET", maker=by).exists():
        raise Refused(
            _("You printed this person's code sheet. Somebody else prints the sign-in slip."),
            code="both-papers",
        )


@transaction.atomic
def print_slip(*, person: User, by: User | None) -> Printed:
    """A new one-time code for somebody. An older slip of theirs ends with it.

    The head of an office prints it for a new colleague alone. Whoever holds a slip opens all that the person sees,
    files that only named people may see among them: for somebody who has worked here already, an administrator
    prints it, who has no eye on the files of any province.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    check_may_print(by, person)
    now = timezone.now()
    Slip.objects.filter(person=person, ended_at=None).update(ended_at=now)
    code = new_code(_LENGTH)
    slip = Slip(
        person=person,
        code_hash=make_password(code),
        created_at=now,
        made_by=by,
        expires_at=now + VALID_FOR,
    )
    slip.save(force_insert=True)
    record(Kind.SLIP_PRINTED, person_thing(person), detail={"slip": slip.pk, "until": slip.expires_at})
    return Printed(slip, in_groups(code))


@transaction.atomic
def use_slip(*, sign_in_name: str, code: str, password: str, by: None = None) -> User | None:
    """Set the password of whoever holds this slip; None when it opens nothing, whatever the reason.

    A name that nobody has costs the same time as a wrong code. Nobody is signed in by it, and every session that
    the account still had ends: its password is another one.
    """
    name = sign_in_name.strip()
    person = User.objects.filter(sign_in_name__iexact=name).first() if "\x00" not in name else None
    slip = _open_slip(person) if person else None
    if slip is None:
        make_password(code)  # as long as a look at a real slip takes
        return None
    if not check_password(as_printed(code), slip.code_hash):
        return None
    validate_password(password, slip.person)  # raises before the slip is used up
    now = timezone.now()
    slip.ended_at, slip.was_used = now, True
    slip.save(update_fields=["ended_at", "was_used"])
    person = slip.person
    person.set_password(password)
    person.save(update_fields=["password"])
    outer = require_actor()
    with become(person.as_actor(request_id=outer.request_id, ip=outer.ip)):
        record(Kind.SLIP_USED, Thing(type="session"), detail={"slip": slip.pk})
    return person


def _open_slip(person: User) -> Slip | None:
    """Locked: of two who use one slip at the same time, the second finds it used."""
    if not person.is_active:
        return None
    return (
        Slip.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(person=person, ended_at=None, expires_at__gt=timezone.now())
        .first()
    )


@transaction.atomic
def change_password(*, person: User, password: str, by: User) -> User:
    """Somebody's own password; their other sessions end with it. The old one was asked by the form."""
    if by.pk != person.pk:
        raise Refused(_("Everybody changes their own password."), code="own-password")
    person.set_password(password)
    person.save(update_fields=["password"])
    record(Kind.PASSWORD_CHANGED, Thing(type="session"))
    return person
