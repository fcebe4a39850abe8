"""Where somebody has shown a second factor today: one question a person, a machine and a working day.

The machine has a cookie for each person, with a random text; the table has its digest. A new password, a new round
of sign-ins, the end of the account or of the factor, and midnight in Phnom Penh each make it worthless.
"""

import datetime
import hashlib
import hmac
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import Factor, MachineDay, User


def stamp(person: User) -> bytes:
    """Changes with the password and with the round of sign-ins."""
    text = f"{person.pk} {person.password} {person.sign_in_round}"
    return salted_hmac("karpea.accounts.machines", text, algorithm="sha256").digest()


def cookie_name(person: User) -> str:
    """One for each person, so that several at one machine each have their own; nobody reads from it who it is."""
    mark = salted_hmac("karpea.accounts.cookies", str(person.pk), algorithm="sha256").hexdigest()[:16]
    return f"{'__Host-' if settings.HTTPS else ''}machine-{mark}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def known(request: HttpRequest, person: User) -> Factor | None:
    """The factor that this person has shown here today, if all that it rests on still stands."""
    text = request.COOKIES.get(cookie_name(person), "")
    if not text:
        return None
    row = (
        MachineDay.objects.filter(
            person=person, digest=_digest(text), day=timezone.localdate(), factor__ended_at=None
        )
        .select_related("factor")
        .first()
    )
    if row is None or not hmac.compare_digest(bytes(row.stamp), stamp(person)):
        return None
    return row.factor


def remember(response: HttpResponse, person: User, factor: Factor) -> None:
    """Until midnight. A fresh text each time: one that somebody planted is never taken up."""
    text, now = secrets.token_urlsafe(32), timezone.localtime()
    MachineDay.objects.filter(person=person, day__lt=now.date()).delete()
    row = MachineDay(person=person, factor=factor, digest=_digest(text), stamp=stamp(person), day=now.date())
    row.save(force_insert=True)
    midnight = timezone.make_aware(
        datetime.datetime.combine(now.date() + datetime.timedelta(days=1), datetime.time.min)
    )
    response.set_cookie(
        cookie_name(person),
        text,
        max_age=max(1, int((midnight - now).total_seconds())),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
