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
from ..refusals import NotFound, NotNow, Refused
from .people import add_person
from .posts import start_membership


@transaction.atomic
def offer_token(
    *,
    membership: Membership,
    label: str,
    scope: str,
    expires_at: datetime.datetime,
    by: User,
    program: str = "",
) -> Token:
    """Offer a token that would rest on somebody's membership. It has no text, and opens nothing, until they accept.

    With `program` (a name) it is a program of that agency that acts, with the same role, and the person of the
    membership answers for it: the program becomes a member of staff whose password nobody knows.
    """
    check_runs_place(by)
    if membership.person_id == by.pk:
        raise Refused(_("You cannot give a token to yourself. Ask another administrator."), code="own-token")
    now = timezone.now()
    if not now < expires_at <= now + tokens.LONGEST:
        raise NotNow(_("A token ends within a year."))
    person = _add_program(program, membership, by=by) if program else membership.person
    token = Token(
        person=person,
        membership=membership,
        label=label,
        scope=Token.Scope(scope),
        issued_at=now,
        issued_by=by,
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    detail = {"token": token.pk, "scope": scope, "until": expires_at, "agency": membership.agency.code}
    record(Kind.TOKEN_OFFERED, person_thing(membership.person), detail=detail)
    return token


@transaction.atomic
def accept_token(*, token: Token, by: User) -> tuple[Token, str]:
    """Make the text of a token that was offered to oneself. It is kept nowhere; whoever offered it never sees it."""
    locked = _locked(token)
    if locked.membership.person_id != by.pk:
        raise NotFound
    if not locked.is_offered:
        raise NotNow(_("This offer is over. Ask an administrator for a new one."))
    text = tokens.make()
    locked.digest, locked.accepted_at = tokens.digest(text), timezone.now()
    locked.save(update_fields=["digest", "accepted_at"])
    detail = {"token": locked.pk, "scope": locked.scope, "until": locked.expires_at}
    record(Kind.TOKEN_ISSUED, person_thing(locked.person), fields=["accepted_at"], detail=detail)
    return locked, text


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
    """End a token now, or take an offer back: an administrator. Decline an offer, or end their token: whose word it
    rests on. The row stays."""
    locked = _locked(token)
    own = locked.membership.person_id == by.pk
    if not own:
        check_runs_place(by)
    if locked.revoked_at is not None:
        raise NotNow(_("This token is revoked already."))
    tokens.revoke(
        locked, by=by, kind=Kind.TOKEN_DECLINED if own and not locked.accepted_at else Kind.TOKEN_REVOKED
    )
    return locked


def _locked(token: Token) -> Token:
    found: Token = Token.objects.told().select_for_update(of=("self",)).get(pk=token.pk)
    return found
