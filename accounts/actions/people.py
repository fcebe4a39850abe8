"""What can be done to the account of a member of staff."""

import datetime

from django.contrib.auth.hashers import identify_hasher, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from .. import tokens
from ..about import changed, check_somebody_stays, check_stamp, lock_administrators, person_thing
from ..access import check_manages, check_manages_account, check_runs_place
from ..models import Agency, Membership, Slip, User
from ..refusals import Refused
from ..roles import Role
from .posts import start_membership

NAMES = ("sign_in_name", "full_name_km", "full_name_latin", "language")


def _new_person(
    *,
    sign_in_name: str,
    full_name_km: str,
    full_name_latin: str,
    password: str,
    language: str,
    is_active: bool,
) -> User:
    person = User(
        sign_in_name=sign_in_name,
        full_name_km=full_name_km,
        full_name_latin=full_name_latin,
        language=language,
        password=password,
        is_active=is_active,
    )
    person.save(force_insert=True)
    record(Kind.PERSON_ADDED, person_thing(person), detail={"active": is_active})
    return person


@transaction.atomic
def add_person(
    *,
    sign_in_name: str,
    full_name_km: str,
    full_name_latin: str,
    password_hash: str,
    by: User | None,
    language: str = "km",
    is_active: bool = True,
) -> User:
    """A new member of staff, still without any role. `password_hash` comes from make_password, never a password."""
    check_runs_place(by)
    identify_hasher(password_hash)
    return _new_person(
        sign_in_name=sign_in_name,
        full_name_km=full_name_km,
        full_name_latin=full_name_latin,
        password=password_hash,
        language=language,
        is_active=is_active,
    )


@transaction.atomic
def invite(
    *,
    sign_in_name: str,
    full_name_km: str,
    full_name_latin: str,
    language: str,
    agency: Agency,
    role: str,
    by: User | None,
    starts_on: datetime.date | None = None,
) -> User:
    """A new colleague with a first role, and no password: that comes by a slip. Whoever may give the role may
    invite; no name of somebody elsewhere is shown to them by it."""
    check_manages(by, agency_id=agency.pk, role=role)
    person = _new_person(
        sign_in_name=sign_in_name,
        full_name_km=full_name_km,
        full_name_latin=full_name_latin,
        password=make_password(None),
        language=language,
        is_active=True,
    )
    start_membership(person=person, agency=agency, role=role, by=by, starts_on=starts_on)
    return person


@transaction.atomic
def change_names(
    *,
    person: User,
    sign_in_name: str,
    full_name_km: str,
    full_name_latin: str,
    language: str,
    by: User,
    seen: str | None = None,
) -> User:
    """Change how somebody is called and signs in. The trail keeps that it was changed, and by whom."""
    check_manages_account(by, person)
    person = _locked(person)
    check_stamp(person, NAMES, seen)
    names = changed(
        person,
        {
            "sign_in_name": sign_in_name,
            "full_name_km": full_name_km,
            "full_name_latin": full_name_latin,
            "language": language,
        },
    )
    if names:
        person.save(update_fields=names)
        record(Kind.PERSON_CHANGED, person_thing(person), fields=names)
    return person


def check_may_close(by: User, person: User) -> None:
    """Refuse whoever may not close this account."""
    if by.pk == person.pk:
        raise Refused(_("You cannot close your own account. Ask another administrator."), code="own-account")
    check_manages_account(by, person)


@transaction.atomic
def disable_person(*, person: User, by: User) -> User:
    """Close an account: every session of it ends with its next request, and no slip or token of it ever works again."""
    check_may_close(by, person)
    administers = Membership.objects.live().filter(person=person, role=Role.ADMINISTRATOR).exists()
    if administers:
        lock_administrators(by)
    person = _locked(person)
    if person.is_active:
        tokens.revoke_all_of(person, by=by)
        person.is_active = False
        person.sign_in_round += 1
        person.save(update_fields=["is_active", "sign_in_round"])
        if administers:
            check_somebody_stays()
        Slip.objects.filter(person=person, ended_at=None).update(ended_at=timezone.now())
        record(Kind.PERSON_DISABLED, person_thing(person), fields=["is_active"])
    return person


@transaction.atomic
def enable_person(*, person: User, by: User) -> User:
    """Open a closed account again. Sessions from before stay ended; the password is the one from before."""
    check_manages_account(by, person)
    person = _locked(person)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(Kind.PERSON_ENABLED, person_thing(person), fields=["is_active"])
    return person


def _locked(person: User) -> User:
    row: User = User.objects.select_for_update().get(pk=person.pk)
    return row
