"""Which token a program brought, and whether it still opens anything.

A token is 256 random bits: nobody guesses one, so a plain digest is as good as a slow hash, and it is found by
one question. It is asked for before anybody acts (accounts/middleware.py).
"""

import datetime
import hashlib
import re
import secrets

from django.db.models import Q
from django.utils import timezone

from audit.context import acting, system
from audit.kinds import Kind, Result
from audit.record import Thing, record

from .about import person_thing
from .models import Token, User

#: By this a scanner of source code finds one that somebody has published.
MARK = "karpea_"
LONGEST = datetime.timedelta(days=366)
_HEADER = re.compile(rf"^Bearer ({MARK}[A-Za-z0-9_-]{{43}})\Z")


def make() -> str:
    """A new one, told to one person once."""
    return MARK + secrets.token_urlsafe(32)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def find(header: str, *, request_id: str = "", ip: str = "") -> Token | None:
    """The live token of an `Authorization` header. One that is over is on the trail with whose it was."""
    given = _HEADER.match(header)
    if given is None:
        return None
    sign_in = system("sign-in")
    with acting(type(sign_in)(id=sign_in.id, request_id=request_id, ip=ip)):
        token = Token.objects.told().filter(digest=digest(given[1])).first()
        if token is None:
            return None
        if not token.is_live:
            _record_refusal(token)
            return None
        today = timezone.localdate()
        if token.last_used_on != today:
            Token.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def _record_refusal(token: Token) -> None:
    about = Thing(type="person", id=str(token.person_id), label=token.person.sign_in_name)
    detail = {"why": "TOKEN", "token": str(token.pk)}
    record(Kind.SIGN_IN_FAILED, about, result=Result.REFUSED, detail=detail)


def revoke(token: Token, *, by: User, kind: Kind = Kind.TOKEN_REVOKED) -> None:
    token.revoked_at, token.revoked_by = timezone.now(), by
    token.save(update_fields=["revoked_at", "revoked_by"])
    about = person_thing(token.person)
    record(kind, about, fields=["revoked_at", "revoked_by"], detail={"token": token.pk})


def revoke_all_of(person: User, *, by: User) -> None:
    """Every token that acts as somebody, or rests on their word, is over for good. What `by` does not see of them the
    database ends with the account (migration 0012)."""
    theirs = Token.objects.filter(Q(person=person) | Q(membership__person=person), revoked_at=None)
    for token in theirs.select_related("person").select_for_update(of=("self",)).order_by("pk"):
        revoke(token, by=by)
