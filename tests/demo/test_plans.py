"""The dice of the demonstration: the same seed, the same data; only codes that exist, only texts in two languages."""

import datetime
import re

import pytest

from accounts.models import Code
from cases.states import Status
from config.demo import names, paths, plans, stories, texts

EVENING = datetime.datetime(2026, 6, 15, 17, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
KHMER = re.compile("[\u1780-\u17ff]")


def planned(cases, seed=7):
    return plans.plan(cases, seed=seed, until=EVENING, days=730)


def test_the_same_seed_gives_the_same_plans():
    assert planned(60) == planned(60)
    assert planned(60) != planned(60, seed=8)


def test_five_hundred_files_lie_in_two_years_and_in_every_state():
    files = planned(500)
    assert {file.target for file in files} == set(Status) - {Status.DUPLICATE}
    assert all(EVENING - datetime.timedelta(days=732) < file.opened_at for file in files)
    assert all(file.times[-1] < EVENING for file in files)
    assert all(list(file.times) == sorted(set(file.times)) for file in files)
    years = [file.opened_at.year for file in files]
    assert {2024, 2025, 2026} == set(years)
    assert min(years.count(year) for year in (2024, 2025, 2026)) >= 10


def test_every_way_ends_in_its_state():
    for target, ways in paths.PATHS.items():
        for way in ways:
            state = Status.REPORTED
            for verb in way:
                move = paths.BY_VERB[verb]
                assert state in move.sources, (target, verb)
                state = move.target
            assert state == target


def test_office_hours_keep_the_order_of_a_day():
    day = EVENING.replace(hour=0, minute=0)
    moments = [paths.office_hours(day + datetime.timedelta(minutes=m)) for m in range(0, 1440, 7)]
    assert moments == sorted(moments)
    assert all(8 <= at.hour < 17 and at.date() == day.date() for at in moments)


@pytest.mark.django_db
def test_stories_use_only_codes_of_the_lists():
    lists = {}
    for name, code in Code.objects.values_list("list", "code"):
        lists.setdefault(name, set()).add(code)
    for story in stories.STORIES:
        used = {
            "FORM": story.forms, "MEANS": story.means, "CONTROL": story.controls, "SERVICE": story.services,
            "RECRUITER_RELATION": story.relations, "CHANNEL": story.channels, "PLACE_TYPE": [story.place_type],
            "NATIONALITY": [*(story.nationalities or {})], "COUNTRY": [story.country],
        }  # fmt: skip
        for name, codes in used.items():
            assert set(codes) <= lists[name], (story.code, name)
        assert {*(story.nationalities or {})} <= {*stories.LANGUAGES} & {*names.ABROAD, "KHM"}
    assert set(stories.LANGUAGES.values()) <= lists["LANGUAGE"]
    for _text, done_by, source in (*texts.BEGINNING, *texts.IN_CARE, *texts.AFTERWARDS, *texts.FROM_ABROAD):
        assert done_by in lists["DONE_BY"]
        assert source in lists["SOURCE"]
    assert {code for code, _words in texts.ANSWERS["send_back"]} <= lists["RETURN_REASON"]
    assert {code for code, _words in texts.ANSWERS["decline"]} <= lists["DECLINE_REASON"]


def every_text():
    for story in stories.STORIES:
        yield from (*story.summaries, story.account)
    for noted in (texts.BEGINNING, texts.IN_CARE, texts.AFTERWARDS, texts.FROM_ABROAD):
        yield from (text for text, _by, _source in noted)
    for group in (*texts.RISKS.values(), *texts.REASONS.values(), texts.ASKS, (texts.EMERGENCY,)):
        yield from group
    for answers in texts.ANSWERS.values():
        yield from (text for _code, text in answers)


def test_every_text_is_in_khmer_and_in_english():
    for khmer, english in every_text():
        assert KHMER.search(khmer), khmer
        assert not KHMER.search(english), english
        assert english.endswith("."), english
