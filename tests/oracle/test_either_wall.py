"""Every way to ask, with one wall gone and then the other: nobody is shown a row that the oracle does not give them."""

import sys

import pytest
from django.utils import timezone

from cases import access
from cases.models import Case
from tests import ground
from tests.factories import keep_away
from tests.people import PEOPLE, read
from tests.world import READ_ONLY, SHARED, build

from .asking import Asking
from .land import known
from .rule import SECTIONS, Bar, File, Grant, Land


class World(Asking):
    """tests/world.py as the oracle knows it."""

    def __init__(self, world):
        self.people, self.clients = read(), {}
        agencies, people = known()
        self.land = Land(timezone.now(), agencies, people)
        names = lambda bits: frozenset(one for one in SECTIONS if bits & int(SECTION[one]))  # noqa: E731
        hope = Grant("agency:NGO-HOPE", names(READ_ONLY))
        colleague = Grant("person:officer_btb", names(SHARED))
        away = Bar("person:head_bmc", "officer_bmc"), Bar("person:shelter", "officer_bmc")
        secret = Grant("person:ngo_hope", names(READ_ONLY))
        made = (
            File(world.own.number, 1, "DOSVY-BMC", "officer_bmc", grants=(hope, colleague), bars=away),
            File(world.hidden.number, 1, "DOSVY-BMC", "officer_bmc", "FIRST", grants=(secret,)),
            File(world.other.number, 2, "DOSVY-BTB", "officer_btb"),
            File(world.police.number, 1, "POLICE-BMC", "police_bmc"),
            File(world.ngo.number, world.ngo.province_id, "NGO-HOPE", "ngo_hope"),
        )
        self.everything = {file.key: file for file in made}
        self.files = list(self.everything)


SECTION = access.Section
WHO = [name for name in PEOPLE if name not in ("disabled", "analyst", "nobody", "former")]


@pytest.fixture
def world(fresh_db):
    built = build()
    keep_away(built.own, built.people.head_bmc, by=built.people.officer_bmc)
    return World(built)


@pytest.mark.asvs("8.2.2", "8.3.1", "8.4.1")
def test_with_the_second_wall_gone_and_then_the_first(world, monkeypatch):
    """Pages and programs as a role that goes past every policy; then Django's rule gives everything there is."""
    world.behind = world.counts = False
    with ground.connected("loader"):
        for name in WHO:
            world.asks(name)
    world.behind = True
    without_the_first(world, monkeypatch)


def without_the_first(world, monkeypatch):
    def everything(_user, *_sections):
        return Case.objects.all()

    for module in list(sys.modules.values()):
        if getattr(module, "visible_cases", None) is access.visible_cases:
            monkeypatch.setattr(module, "visible_cases", everything)
    monkeypatch.setattr(access, "visible_cases", everything)
    for name in WHO:
        if read().__dict__[name].sign_in_name not in ("auditor", "administrator"):
            world.asks(name)
    with ground.connected("loader"), pytest.raises(AssertionError, match="officer_btb"):
        world.asks("officer_btb")  # with both gone, this would be noticed
