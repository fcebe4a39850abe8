"""One's own second factors, the sheets that colleagues print, and the end of all that somebody has."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import Thing, record

from .. import factors, security_keys
from ..about import person_thing
from ..access import check_hands_out, check_manages_account
from ..models import Factor, SheetCode, User
from ..models.factors import FactorQuerySet
from ..paper import in_groups, new_code
from ..printed import printed_the_slip
from ..refusals import NotNow, Refused

#: As many as an A4 page takes in large letters: more than a month of working days.
CODES, SIGNS_OF_ONE = 30, 8
#: Factors of one person; more would only be forgotten somewhere.
MOST = 6


@dataclass(frozen=True)
class PrintedSheet:
    """A new sheet with its codes in clear: shown once, on the page that prints it, and kept nowhere."""

    sheet: Factor
    codes: list[str]


def check_may_print_sheet(by: User | None, person: User) -> None:
    """Refuse whoever may not print a code sheet for this person now."""
    if by is not None and by.pk == person.pk:
        raise Refused(_("Nobody prints a code sheet for themselves. Ask a colleague."), code="own-sheet")
    check_hands_out(by, person)
    if not person.is_active:
        raise Refused(_("This account is closed. Open it again first."), code="account-closed")
    if by is not None and printed_the_slip(by, person):
        raise Refused(
            _("You printed this person's sign-in slip. Somebody else prints the code sheet."),
            code="both-papers",
        )


@transaction.atomic
def print_sheet(*, person: User, by: User | None) -> PrintedSheet:
    """A new sheet of one-time codes for somebody, beside their password. An older sheet of theirs ends with it; the
    password and other factors stay."""
    person = User.objects.select_for_update().get(pk=person.pk)
    check_may_print_sheet(by, person)
    now = timezone.now()
    old = Factor.objects.live().filter(person=person, kind=Factor.Kind.SHEET)
    old.update(ended_at=now, ender=by)
    sheet = Factor(person=person, kind=Factor.Kind.SHEET, created_at=now, maker=by)
    sheet.save(force_insert=True)
    codes = [new_code(SIGNS_OF_ONE) for _number in range(CODES)]
    SheetCode.objects.bulk_create(
        SheetCode(sheet=sheet, number=number, code_hash=make_password(code, hasher="argon2sheet"))
        for number, code in enumerate(codes, start=1)
    )
    record(Kind.SHEET_PRINTED, person_thing(person), detail={"sheet": sheet.pk})
    return PrintedSheet(sheet, [in_groups(code) for code in codes])


@transaction.atomic
def add_app(*, person: User, secret: str, step: int, label: str, by: User) -> Factor:
    """An app of one's own. The code of `step` proved that it has the secret, and is spent by it."""
    factor = _new(person, Factor.Kind.APP, label, by)
    factor.counter = step
    factors.seal_for(factor, secret)
    return _added(factor)


@transaction.atomic
def add_key(*, person: User, key: security_keys.Held, label: str, by: User) -> Factor:
    """A security key of one's own, checked by security_keys.check_new."""
    factor = _new(person, Factor.Kind.KEY, label, by)
    factors.seal_for(factor, key.as_data())
    return _added(factor)


def _new(person: User, kind: str, label: str, by: User) -> Factor:
    if by.pk != person.pk:
        raise Refused(_("Everybody looks after their own second factors."), code="own-factor")
    User.objects.select_for_update().get(pk=person.pk)
    if Factor.objects.live().filter(person=person).count() >= MOST:
        raise NotNow(_("You have as many second factors as can be. Remove one that you do not use."))
    return Factor(person=person, kind=kind, label=label, maker=by)


def _added(factor: Factor) -> Factor:
    factor.save(force_insert=True)
    record(Kind.FACTOR_ADDED, Thing(type="session"), detail={"factor": factor.kind, "id": factor.pk})
    return factor


@transaction.atomic
def remove_factor(*, factor: Factor, by: User) -> User:
    """End one of one's own factors, with every session and machine that knows it; the view keeps the one they sit
    at. Never the last one that is good for a sign-in: nobody could come in again without help."""
    person: User = User.objects.select_for_update().get(pk=factor.person_id)
    if by.pk != person.pk:
        raise Refused(_("Everybody looks after their own second factors."), code="own-factor")
    check_not_last(factor)
    _end(Factor.objects.filter(pk=factor.pk), by)
    _new_round(person)
    record(Kind.FACTOR_REMOVED, Thing(type="session"), detail={"factor": factor.kind, "id": factor.pk})
    return person


def check_not_last(factor: Factor) -> None:
    """Refuse the removal of the only factor that is good for another sign-in."""
    if not Factor.objects.usable().filter(person=factor.person_id).exclude(pk=factor.pk).exists():
        raise NotNow(
            _("This is your last second factor. Add another one first, or ask for a new code sheet.")
        )


def check_may_revoke(by: User, person: User) -> None:
    """Refuse whoever may not take the second factors of this person."""
    if by.pk == person.pk:
        raise Refused(_("Remove your own second factors on your own page."), code="own-factors")
    check_manages_account(by, person)


@transaction.atomic
def revoke_factors(*, person: User, by: User) -> User:
    """End every second factor of somebody, and every session. They sign in again with a new sheet."""
    check_may_revoke(by, person)
    person = User.objects.select_for_update().get(pk=person.pk)
    _end(Factor.objects.live().filter(person=person), by)
    _new_round(person)
    record(Kind.FACTORS_REVOKED, person_thing(person))
    return person


def _end(which: FactorQuerySet, by: User) -> None:
    which.live().update(ended_at=timezone.now(), ender=by, sealed=None)


def _new_round(person: User) -> None:
    person.sign_in_round += 1
    person.save(update_fields=["sign_in_round"])
