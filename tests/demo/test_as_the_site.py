"""The loader passes every policy, so this shows that it never needed to: the same people do the same as the site."""

import datetime

from django.utils import timezone

from config.demo import load, people, plans, referrals
from config.demo.clock import clock
from config.demo.files import File, steps
from config.demo.intakes import Map, intake

from .. import ground
from .conftest import make_room


def test_every_act_of_the_demonstration_is_possible_for_the_site(fresh_db, monkeypatch):
    # Sight that ended with a completed referral has really ended: those lie in the past of the policies' own clock.
    monkeypatch.delitem(referrals.WAYS, "COMPLETED")
    monkeypatch.delitem(referrals.SHARES, "COMPLETED")
    evening = timezone.localtime() - datetime.timedelta(days=1)
    with ground.connected("loader"):
        make_room()
        with clock(evening - load.SET_UP_BEFORE):
            cast = people.make(since=timezone.localdate(), seed=7)
    places = Map.read()
    files = [File(one, intake(one, places)) for one in plans.plan(30, seed=7, until=evening, days=load.DAYS)]
    story = [step for file in files for step in steps(file, until=evening)]
    story += referrals.steps(files, cast.agencies, number=12, seed=7, until=evening)
    with clock(evening) as ours:
        load.play(story, cast, ours, say=lambda words: None)
    assert all(file.case is not None for file in files)
