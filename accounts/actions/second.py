"""A second factor at the door: a code or a key is shown once, and what has been shown is worth nothing after."""

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from audit.context import become, require_actor
from audit.kinds import Kind, Result
from audit.record import Thing, record

from .. import factors, security_keys
from ..about import person_thing
from ..models import Factor, User
from ..paper import as_printed
from ..printed import next_code


@transaction.atomic
def show_code(*, person: User, code: str, by: None = None) -> Factor | None:
    """The factor whose code this is, spent with it; None whatever is wrong. The right password was given before."""
    typed = as_printed(code)
    found = _app(person, typed) if factors.is_of_app(typed) else _sheet(person, typed)
    return _told(person, found)


@transaction.atomic
def show_key(*, person: User, origin: str, state: Any, answer: str, by: None = None) -> Factor | None:
    """The security key that signed this, if it is one of theirs."""
    return _told(person, _key(person, origin, state, answer))


def _told(person: User, factor: Factor | None) -> Factor | None:
    if factor is None:
        record(Kind.FACTOR_FAILED, person_thing(person), result=Result.REFUSED)
        return None
    factor.last_used_on = timezone.localdate()
    factor.save(update_fields=["counter", "last_used_on"])
    return factor


def _live(person: User, kind: str) -> list[Factor]:
    """Locked: of two who send one code at the same time, the second finds it used."""
    return list(
        Factor.objects.live()
        .filter(person=person, kind=kind)
        .select_for_update()
        .order_by("created_at", "pk")
    )


def _app(person: User, code: str) -> Factor | None:
    for factor in _live(person, Factor.Kind.APP):
        step = factors.step_of(factors.opened(factor), code)
        if step is not None and step > factor.counter:
            factor.counter = step
            return factor
    return None


def _sheet(person: User, typed: str) -> Factor | None:
    sheets = _live(person, Factor.Kind.SHEET)
    asked = next_code(person) if sheets else None
    if asked is None:
        make_password(typed, hasher="argon2sheet")  # as long as a look at a real code takes
        return None
    if not check_password(typed, asked.code_hash, preferred="argon2sheet"):
        return None
    asked.used_at = timezone.now()
    asked.save(update_fields=["used_at"])
    outer = require_actor()
    with become(person.as_actor(request_id=outer.request_id, ip=outer.ip)):
        record(Kind.SHEET_CODE_USED, Thing(type="session"), detail={"sheet": asked.sheet_id})
    return sheets[0]


def _key(person: User, origin: str, state: Any, answer: str) -> Factor | None:
    keys = _live(person, Factor.Kind.KEY)
    held = [(factor, security_keys.Held.of(factors.opened(factor))) for factor in keys]
    signed = security_keys.check_signature(origin, state, [key for _factor, key in held], answer)
    if signed is None:
        return None
    factor = next(one for one, key in held if key.id == signed.id)
    # A key that counts must have counted on; one that does not tells nought for ever.
    if signed.counter and signed.counter <= factor.counter:
        return None
    factor.counter = max(signed.counter, factor.counter)
    return factor
