"""Browsers in which somebody has signed in: whoever guesses their password elsewhere does not keep them out of these.

The browser has a signed cookie for each name, of 60 days. It opens nothing: wrong tries with it are counted by itself
(accounts/tries.py), and it helps no name but the one it was made for. Nothing of it is asked of the database,
so that the sign-in page takes as long for a name that nobody has.
"""

import secrets

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from .limits import name_as_counted


def cookie_name(name: str) -> str:
    """Nobody reads from it whose it is."""
    mark = salted_hmac(
        "karpea.accounts.browsers.name", name_as_counted(name), algorithm="sha256"
    ).hexdigest()[:16]
    return f"{'__Host-' if settings.HTTPS else ''}browser-{mark}"


def _signer(name: str) -> TimestampSigner:
    return TimestampSigner(salt=f"karpea.accounts.browsers {name_as_counted(name)}")


def known(request: HttpRequest, name: str) -> str:
    """Which browser this is, if the person of this name has signed in here within 60 days; else nothing."""
    text = request.COOKIES.get(cookie_name(name), "")
    try:
        return _signer(name).unsign(text, max_age=settings.ADDRESS_KNOWN_FOR) if text else ""
    except BadSignature:
        return ""


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """After a sign-in with both halves, and for 60 days from now."""
    response.set_cookie(
        cookie_name(name),
        _signer(name).sign(known(request, name) or secrets.token_urlsafe(16)),
        max_age=settings.ADDRESS_KNOWN_FOR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
