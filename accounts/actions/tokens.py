"""What can be done with the tokens by which programs sign in."""

import datetime
import secrets
import uuid

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from .. import tokens
from ..about import person_thing
from ..access import check_runs_place
from ..models import Membership, Token, User
from ..refusals import NotNow, Refused
from .people import add_person
from .posts import start_membership


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
    check_runs_place(by)
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
    record(Kind.TOKEN_ISSUED, person_thing(person), detail=detail)
    return token, text


def _add_program(name: str, membership: Membership, *, by: User) -> User:
    program: User = add_person(
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
    check_runs_place(by)
    locked: Token = Token.objects.select_for_update().select_related("person").get(pk=token.pk)
    if locked.revoked_at is not None:
        raise NotNow(_("This token is revoked already."))
    locked.revoked_at, locked.revoked_by = timezone.now(), by
    locked.save(update_fields=["revoked_at", "revoked_by"])
    record(
        Kind.TOKEN_REVOKED,
        person_thing(locked.person),
        fields=["revoked_at", "revoked_by"],
        detail={"token": locked.pk},
    )
    return locked
