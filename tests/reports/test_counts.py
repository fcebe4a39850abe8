"""Counts: the chart shows its table, nobody is told of more than theirs, and what is held back cannot be worked out."""

import datetime
import itertools
import re
from types import SimpleNamespace

import pytest
from django.db import InternalError, ProgrammingError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.context import acting
from reports import counts, disclosure
from reports.models import ReleaseLevel
from reports.states import Treatment
from tests.factories import make_case

WHERE = "/counts/"


def level(smallest, rounding=1):
    return SimpleNamespace(smallest=smallest, rounding=rounding, treatment=Treatment.HIDE)


# --- holding back ---


def possible(told, hidden, most, total):
    """Every way in which the hidden counts can add up, for whoever knows the rule: by trying them all."""
    left = total - sum(told)
    return [
        way
        for way in itertools.product(range(1, most + 1), repeat=hidden - 1)
        if 1 <= left - sum(way) <= most
    ], left


@settings(max_examples=400, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(2, 6))
def test_what_is_held_back_cannot_be_worked_out(cells, smallest):
    told = disclosure.tell(cells, level(smallest))
    shown = [cell.value for cell in told.cells]
    for n, cell in zip(cells, told.cells, strict=True):
        assert not 0 < (cell.value or 0) < smallest
        assert cell.value in (None, n)
    if told.withheld or None not in shown:
        assert told.total.value in (None, sum(cells))
        assert not 0 < (told.total.value or 0) < smallest
        return
    hidden = shown.count(None)
    visible = [value for value in shown if value]
    most = min(visible, default=sum(cells))
    ways, left = possible(visible, hidden, most, told.total.value)
    first = {way[0] if way else left for way in ways}
    assert hidden >= 2
    assert len(first) > 1, "it could be only one number"
    assert max(first) >= smallest, "it could only be a small number"


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([20, 30, 0], [20, 30, 0]),
        ([20, 30, 2, 15], [20, 30, None, None]),
        ([2, 1], [None, None]),
        ([0, 0], [0, 0]),
    ],
)
def test_a_small_count_takes_the_next_with_it(cells, shown):
    assert [cell.value for cell in disclosure.tell(cells, level(11)).cells] == shown


def test_the_public_is_told_rounded_counts():
    told = disclosure.tell([23, 41, 12], level(11, rounding=5))
    assert ([cell.value for cell in told.cells], told.total.value) == ([25, 40, 10], 75)


def test_inside_the_ministry_few_are_marked():
    flag = SimpleNamespace(smallest=3, rounding=1, treatment=Treatment.FLAG)
    told = disclosure.tell([2, 5, 0], flag)
    assert [(cell.value, cell.few) for cell in told.cells] == [(2, True), (5, False), (0, False)]
    assert told.is_marked


# --- who is told what ---


def read(person):
    with acting(person.as_actor()):
        period = counts.periods(ReleaseLevel(whole_years=False), timezone.localdate())[0]
        return sorted((one.province, one.form, one.files) for one in counts.read(period))


@pytest.mark.django_db
def test_each_is_told_of_theirs(people):
    make_case(by=people.officer_bmc, full=True)
    make_case(by=people.officer_bmc)
    make_case(by=people.officer_btb)
    make_case(by=people.officer_bmc, full=True, official_involved="YES")
    bmc, btb = [(1, "", 1), (1, "LAB.FISH", 1)], [(2, "", 1)]
    assert read(people.head_bmc) == bmc
    assert read(people.analyst) == read(people.reviewer) == bmc + btb


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["officer_bmc", "police_bmc", "ngo_hope", "auditor", "administrator", "identifier", "nobody"]
)
def test_the_database_tells_nobody_else(people, name):
    with pytest.raises((ProgrammingError, InternalError), match="not theirs"):
        read(getattr(people, name))


@pytest.mark.django_db
def test_an_analyst_has_counts_and_no_file(people, client_of, events):
    case = make_case(by=people.officer_bmc, full=True)
    client = client_of(people.analyst)
    page = client.get(WHERE).content.decode()
    assert case.number not in page
    assert client.get(reverse("cases:detail", args=[case.number])).status_code == 404
    ((_kind, _result, actor, _label, detail),) = events("COUNTS_READ")
    assert (actor, detail["level"], detail["smallest"]) == (str(people.analyst.pk), "P2", 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("head_bmc", "P3 P2 P1 P0"),
        ("committee", "P3 P2 P1 P0"),
        ("analyst", "P2 P1 P0"),
        ("reviewer", "P2 P1 P0"),
    ],
)
def test_the_levels_of_each(people, name, codes):
    person = getattr(people, name)
    with acting(person.as_actor()):
        found = disclosure.levels_of(person)
        assert [one.code for one in found] == codes.split()
        assert not any(one.confirmed for one in found), "a proposal until the committee confirms it"


@pytest.mark.django_db
def test_with_several_roles_the_strictest_counts(people, hire):
    hire(people.head_bmc, "NCCT", "ANALYST")
    with acting(people.head_bmc.as_actor()):
        assert disclosure.levels_of(people.head_bmc)[0].code == "P2", "an analyst is told of every province"


# --- the page ---


def figures_of(page):
    bars = re.findall(r'class="k-chart__value"[^>]*>([^<]*)<', page)
    table = re.findall(r'<td class="govuk-table__cell govuk-table__cell--numeric">([^<]*)</td>', page)
    return bars, table


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["province", "form", "month"])
def test_the_chart_shows_the_figures_of_its_table(people, client_of, by):
    for _one in range(3):
        make_case(by=people.officer_bmc, full=True)
    make_case(by=people.officer_btb)
    page = client_of(people.analyst).get(WHERE, {"by": by}).content.decode()
    bars, table = figures_of(page)
    assert bars == table[:-1]
    assert table[-1] == "4"
    assert " style=" not in page
    assert {"3", "1 *"} <= set(bars) or by == "month"


@pytest.mark.django_db
def test_a_filter_cuts_and_a_strict_level_takes_no_filter(people, client_of):
    make_case(by=people.officer_bmc, full=True)
    make_case(by=people.officer_btb)
    client = client_of(people.analyst)
    assert figures_of(client.get(WHERE, {"by": "form", "province": "2"}).content.decode())[1] == [
        "1 *",
        "1 *",
    ]
    assert figures_of(client.get(WHERE, {"by": "form", "form": "NONE"}).content.decode())[1] == ["1 *", "1 *"]
    strict = client.get(WHERE, {"by": "form", "province": "2", "level": "P0"}).content.decode()
    assert str(_("Nothing to count")) in strict, "no year that is over has a file"


@pytest.mark.django_db
def test_another_level_keeps_what_was_asked_for(people, client_of, events):
    make_case(by=people.officer_bmc, full=True)
    page = client_of(people.analyst).get(WHERE, {"by": "form", "period": "LAST12", "level": "P1"})
    assert "govuk-error-message" not in page.content.decode()
    assert [(detail["level"], detail["by"]) for *_rest, detail in events("COUNTS_READ")] == [("P1", "form")]


@pytest.mark.django_db
def test_a_province_out_of_reach_is_not_counted(people, client_of):
    make_case(by=people.officer_btb)
    page = client_of(people.head_bmc).get(WHERE, {"province": "2", "by": "province"}).content.decode()
    assert str(_("Choose one from the list.")) in page
    assert set(figures_of(page)[1]) == {"0"}


@pytest.mark.django_db
def test_strict_levels_are_told_by_years_that_are_over():
    strict = ReleaseLevel(whole_years=True)
    keys = [one.key for one in counts.periods(strict, datetime.date(2026, 1, 20))]
    assert keys == ["Y2024", "Y2023"], "2025 is not a month over"
    assert counts.periods(strict, datetime.date(2026, 2, 1))[0].key == "Y2025"


@pytest.mark.django_db
def test_nobody_asks_for_a_laxer_level_than_theirs(people, client_of, events):
    client_of(people.analyst).get(WHERE, {"level": "P3"})
    assert [detail["level"] for *_rest, detail in events("COUNTS_READ")] == ["P2"]
