"""Tries to sign in, to use a slip and to guess the own password: what is counted, and when one has to wait.

What is counted strictly is one name from one address. Whoever shares an address with a colleague, as an office does,
can use up the tries of that pair; so a browser in which somebody has signed in within 60 days (accounts/browsers.py) is
counted by itself, and nothing that is tried elsewhere keeps them out of it. From an address where somebody has signed
in before, the limits on the name and on the address do not touch them.
"""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.kinds import Kind, Result
from audit.record import Thing, record

from .limits import (
    Count,
    Delay,
    Rate,
    TooMany,
    address_as_counted,
    forget,
    give_back,
    is_remembered,
    key,
    name_as_counted,
    remember,
    take,
)
from .models import User
from .vault import blind

SIGN_IN, SLIP, PASSWORD, FACTOR, UNLOCK = "sign-in", "slip", "password", "factor", "unlock"
#: Doors that stand behind another: it is known whose they are, and their tries are counted by the person alone.
OF_ONE_PERSON = (PASSWORD, FACTOR, UNLOCK)


@dataclass(frozen=True)
class Try:
    """Somebody at a door: the name that was typed (behind the first door: the id of the person) and from where;
    `browser` where this name has signed in with it before."""

    door: str
    name: str
    address: str
    browser: str = ""

    def key(self, *what: str) -> uuid.UUID:
        """Of this name and this address, or of one of them."""
        given = {"name": name_as_counted(self.name), "address": address_as_counted(self.address)}
        return key(self.door, *what, *(given[one] for one in what))

    @property
    def pair(self) -> uuid.UUID:
        return self.key("name", "address")

    @property
    def own(self) -> uuid.UUID:
        """By what it is counted strictly."""
        return key(self.door, "browser", self.browser) if self.browser else self.pair

    @property
    def known(self) -> uuid.UUID:
        return Try("known", self.name, self.address).pair


def of_a_pair() -> Delay:
    return Delay(**settings.TRIES)


def of_a_name() -> Rate:
    return Rate(*settings.TRIES_OF_A_NAME)


def from_an_address() -> Rate:
    return Rate(*settings.TRIES_FROM_AN_ADDRESS)


def count(one: Try) -> None:
    """Count a try before it is looked at. Raises TooMany, with the same words for a name that nobody has."""
    _check(take(one.own, of_a_pair()), code="limit:browser" if one.browser else "limit:pair")
    if one.browser or one.door in OF_ONE_PERSON or is_remembered(one.known):
        return
    _check(take(one.key("name"), of_a_name()), code="limit:name")
    _check(take(one.key("address"), from_an_address()), code="limit:address")


def _check(counted: Count, *, code: str) -> None:
    if not counted.is_allowed:
        raise TooMany(sentence(counted.wait), wait=counted.wait, code=code, is_news=counted.is_news)


def sentence(wait: int) -> str:
    """How long, in whole minutes from two minutes on."""
    if wait <= 90:
        text = ngettext("Try again in %(number)s second.", "Try again in %(number)s seconds.", wait)
        return str(text % {"number": wait})
    minutes = -(-wait // 60)
    return str(_("Try again in %(number)s minutes.") % {"number": minutes})


def forgive(one: Try) -> None:
    """It succeeded: what was counted for it is forgotten, and the address is known for this name. What others tried at
    the same address is not forgotten by a success in a browser that is counted by itself."""
    forget(one.own)
    if one.door in OF_ONE_PERSON:
        return
    if not one.browser and not is_remembered(one.known):
        give_back(one.key("name"), of_a_name())
        give_back(one.key("address"), from_an_address())
    if one.door == SIGN_IN:
        remember(one.known, settings.ADDRESS_KNOWN_FOR)


def record_failure(name: str, *, why: str) -> None:
    """A sign-in that did not succeed, on whom: the person, or for a name that nobody has its keyed hash. What was
    typed is never kept: some type their password there."""
    name = name.strip()
    known = User.objects.filter(sign_in_name__iexact=name).first() if "\x00" not in name else None
    detail = {"why": why}
    if known is None:
        detail["name"] = blind(name.casefold(), column="sign-in name").hex()
        thing = Thing(type="session")
    else:
        thing = Thing(type="person", id=str(known.pk), label=known.sign_in_name)
    record(Kind.SIGN_IN_FAILED, thing, result=Result.REFUSED, detail=detail)


def record_flood() -> None:
    """Too many tries from one address, whoever they were about."""
    record(Kind.SIGN_IN_FAILED, Thing(type="session"), result=Result.REFUSED, detail={"why": "FLOOD"})
