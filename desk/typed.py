"""Whose text is this? A form carries its owner, signed; what was typed on it is kept for that person alone.

Never for whoever is signed in when it arrives: that may be a colleague at the same computer.
"""

import datetime
import uuid

from django.core import signing
from django.http import HttpRequest

from accounts.models import User
from audit.context import acting, system

from . import drafts

FIELD = "typed_by"
SALT = "karpea.typed"
#: A page may stand open over a long holiday; after that its text is nobody's.
HOLDS = datetime.timedelta(days=7)
#: A language switch only passes the text on to the same page.
PASSING = datetime.timedelta(hours=1)


def mark(user: User) -> str:
    """The owner of a form as its hidden field carries it."""
    return signing.dumps(str(user.pk), salt=SALT)


def owner_id(request: HttpRequest) -> uuid.UUID | None:
    """Who opened the form that was sent; None without our signature."""
    try:
        return uuid.UUID(signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=HOLDS))
    except signing.BadSignature:
        return None


def is_of_another(request: HttpRequest) -> bool:
    """Somebody signed in since the page was opened, and is not who opened it."""
    owner = owner_id(request)
    return owner is not None and request.user.is_authenticated and owner != request.user.pk


def keep_sent(request: HttpRequest) -> None:
    """Keep what was sent while its page asks for something else first, and let that page's form tell of it."""
    if owner_id(request) != request.user.pk:
        return
    draft = drafts.carry(user=request.user, path=request.path, data=dict(request.POST.lists()))
    if draft is not None:
        ids = [str(draft.pk), *request.POST.getlist(drafts.BEFORE)]
        request.kept = drafts.Carried(data={}, ids=ids)  # type: ignore[attr-defined]


def keep(request: HttpRequest, *, path: str, passing: bool = False) -> uuid.UUID | None:
    """Keep what was typed for the form's owner, signed in or not. Their id, or None when nothing was kept."""
    owner = owner_id(request)
    if owner is None:
        return None
    data = dict(request.POST.lists())
    if request.user.is_authenticated and request.user.pk == owner:
        kept = drafts.carry(user=request.user, path=path, data=data, keep_for=PASSING if passing else None)
    else:
        with acting(system("sign-in")):
            user = User.objects.filter(pk=owner, is_active=True).first()
            kept = user and drafts.carry(user=user, path=path, data=data)
    return owner if kept else None
