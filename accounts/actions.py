"""Everything that can be done to people, agencies and their rights. Each: keyword-only, `by=`, one event of its own.

`by` is an administrator. Without one, only a named part of the system may act: the first administrator of a
new place is added by the operator's command, before there is anybody who could.
"""

import datetime
import secrets
import uuid

from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.context import require_actor
from audit.kinds import Kind
from audit.record import Thing, record

from . import tokens
from .access import speak
from .models import Agency, Membership, Province, ProvinceAgencyRight, Token, User
from .models.rights import VIEW_PROVINCE
from .refusals import NotNow, Refused
from .roles import Role


def check_administers(by: User | None) -> None:
    """Refuse whoever is neither an administrator nor, where nobody is named, a part of the system."""
    if by is None:
        allowed = require_actor().is_system
    else:
        post = next((one for one in by.rights.posts if one.role == Role.ADMINISTRATOR), None)
        allowed = post is not None
        if post:
            speak(by, post)
    if not allowed:
        raise Refused(_("Only an administrator changes people and rights."), code="role:ADMINISTRATOR")


@transaction.atomic
def add_agency(
    *,
    code: str,
    kind: str,
    name_km: str,
    name_en: str,
    by: User | None,
    province: Province | None = None,
    takes_referrals: bool = False,
    is_demo: bool = False,
) -> Agency:
    """A new agency with the group that holds its team's rights (nobody is ever a member of that group)."""
    check_administers(by)
    agency = Agency(
        code=code,
        kind=kind,
        name_km=name_km,
        name_en=name_en,
        province=province,
        group=Group.objects.create(name=f"agency:{code}"),
        takes_referrals=takes_referrals,
        is_demo=is_demo,
    )
    agency.save(force_insert=True)
    record(Kind.AGENCY_ADDED, _agency(agency), detail={"kind": kind})
    return agency


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
    check_administers(by)
    identify_hasher(password_hash)
    person = User(
        sign_in_name=sign_in_name,
        full_name_km=full_name_km,
        full_name_latin=full_name_latin,
        language=language,
        password=password_hash,
        is_active=is_active,
    )
    person.save(force_insert=True)
    record(Kind.PERSON_ADDED, _person(person), detail={"active": is_active})
    return person


@transaction.atomic
def start_membership(
    *, person: User, agency: Agency, role: str, by: User | None, starts_on: datetime.date | None = None
) -> Membership:
    """Give somebody a role at an agency. Nobody gives one to themselves."""
    check_administers(by)
    if by is not None and by.pk == person.pk:
        raise Refused(_("You cannot give a role to yourself. Ask another administrator."), code="own-role")
    membership = Membership(
        person=person, agency=agency, role=Role(role), starts_on=starts_on or timezone.localdate()
    )
    membership.save(force_insert=True)
    record(Kind.MEMBERSHIP_STARTED, _person(person), detail=_of(membership))
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, by: User | None, ends_on: datetime.date | None = None
) -> Membership:
    """End a role with a last day (today, unless another is given). The row stays."""
    check_administers(by)
    membership.ends_on = ends_on or timezone.localdate()
    membership.save(update_fields=["ends_on"])
    record(Kind.MEMBERSHIP_ENDED, _person(membership.person), fields=["ends_on"], detail=_of(membership))
    return membership


@transaction.atomic
def give_province_right(
    *,
    agency: Agency,
    province: Province,
    reason: str,
    by: User | None,
    valid_until: datetime.datetime | None = None,
) -> ProvinceAgencyRight:
    """Let an agency's whole team see the files of a province, in the sections that its kind may see."""
    check_administers(by)
    right: ProvinceAgencyRight = ProvinceAgencyRight.give(
        VIEW_PROVINCE,
        group=agency.group,
        content_object_id=province.pk,
        granted_by=by,
        reason=reason,
        valid_until=valid_until,
    )
    record(Kind.RIGHT_GIVEN, _agency(agency, province), detail={"right": right.pk, "until": valid_until})
    return right


@transaction.atomic
def end_province_right(*, right: ProvinceAgencyRight, by: User | None) -> ProvinceAgencyRight:
    """End a province right now. The row stays, with its end."""
    check_administers(by)
    right.valid_until = timezone.now()
    right.save(update_fields=["valid_until"])
    agency = Agency.objects.get(group_id=right.group_id)
    record(
        Kind.RIGHT_ENDED,
        _agency(agency, right.content_object),
        fields=["valid_until"],
        detail={"right": right.pk},
    )
    return right


@transaction.atomic
def issue_token(
    *,
    membership: Membership,
    label: str,
    scope: str,
    expires_at: datetime.datetime,
    by: User,
    program: str = "",
) -> tuple[Token, str]:
    """A token resting on somebody's membership, and its text, which is kept nowhere.

    With `program` (a name) it is a program of that agency that acts, with the same role, and the person of the
    membership answers for it: the program becomes a member of staff whose password nobody knows.
    """
    check_administers(by)
    if membership.person_id == by.pk:
        raise Refused(_("You cannot give a token to yourself. Ask another administrator."), code="own-token")
    now = timezone.now()
    if not now < expires_at <= now + tokens.LONGEST:
        raise NotNow(_("A token ends within a year."))
    text, person = tokens.make(), membership.person
    if program:
        person = _add_program(program, membership, by=by)
    token = Token(
        person=person,
        membership=membership,
        label=label,
        scope=Token.Scope(scope),
        digest=tokens.digest(text),
        issued_at=now,
        issued_by=by,
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    detail = {"token": token.pk, "scope": scope, "until": expires_at, "agency": membership.agency.code}
    record(Kind.TOKEN_ISSUED, _person(person), detail=detail)
    return token, text


def _add_program(name: str, membership: Membership, *, by: User) -> User:
    program = add_person(
        sign_in_name=f"program-{uuid.uuid4().hex[:12]}",
        full_name_km=name,
        full_name_latin=name,
        password_hash=make_password(secrets.token_urlsafe(32)),
        by=by,
    )
    start_membership(person=program, agency=membership.agency, role=membership.role, by=by)
    return program


@transaction.atomic
def revoke_token(*, token: Token, by: User) -> Token:
    """End a token now. The row stays."""
    check_administers(by)
    locked: Token = Token.objects.select_for_update().select_related("person").get(pk=token.pk)
    if locked.revoked_at is not None:
        raise NotNow(_("This token is revoked already."))
    locked.revoked_at, locked.revoked_by = timezone.now(), by
    locked.save(update_fields=["revoked_at", "revoked_by"])
    record(
        Kind.TOKEN_REVOKED,
        _person(locked.person),
        fields=["revoked_at", "revoked_by"],
        detail={"token": locked.pk},
    )
    return locked


def _person(person: User) -> Thing:
    return Thing(type="person", id=str(person.pk), label=person.sign_in_name)


def _agency(agency: Agency, province: Province | None = None) -> Thing:
    return Thing(
        type="agency",
        id=str(agency.pk),
        label=agency.code,
        province=province.pk if province else agency.province_id,
    )


def _of(membership: Membership) -> dict[str, str]:
    return {"membership": str(membership.pk), "role": membership.role, "agency": membership.agency.code}
