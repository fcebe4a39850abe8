"""Exports of case files: the rows and the sections of whoever asks, codes with their meaning, never a name."""

import datetime as dt
import io

import pytest
from django.utils import translation

from accounts.models import Place, SectionRule
from accounts.sections import Section
from audit.context import acting, system
from cases.access import reconcile, visible_cases
from cases.answers import Answer
from cases.export import Files
from cases.models import Case
from cases.states import Status
from desk import exports
from tests import ground
from tests.desk.taken import lines, sheet, table
from tests.factories import STORY, make_case, make_referral
from tests.people import read

FACTS = {
    "channel": "HOTLINE_117",
    "reported_on": "2026-01-02",
    "reported_precision": "DAY",
    "nationality": "KHM",
}
#: Words that stand in the files of the tests and must stand in no export.
SECRETS = [STORY["account"], STORY["risk_reasons"], STORY["summary"], *STORY["identity"].values(), "ផ្កា"]


def written(person, shape="CSV", language="en", **codes):
    file = io.BytesIO()
    with acting(person.as_actor()), translation.override(language):
        source = Files(codes, person)
        number = exports.fill(source, shape, source.count(), file, lambda _rows: None)
        assert number == source.count()
    return file.getvalue()


def rows_of(person, **more):
    return {row["number"]: row for row in table(written(person, **more))}


def test_codes_stand_beside_what_they_mean(people):
    case = make_case(by=people.officer_bmc, full=True)
    (row,) = rows_of(people.head_bmc).values()
    assert row["number"] == case.number
    assert (row["status"], row["status_label"]) == ("REPORTED", "Reported")
    assert (row["province"], row["province_label"]) == ("01", "Banteay Meanchey")
    assert (row["owner"], row["owner_label"]) == ("DOSVY-BMC", "Agency DOSVY-BMC")
    assert (row["sex"], row["sex_label"], row["age_min"], row["age_max"]) == ("FEMALE", "Female", "16", "17")
    assert (row["risk"], row["risk_label"]) == ("HIGH", "High")
    assert {name: row[name] for name in FACTS} == FACTS
    assert row["nationality_label"] == "Cambodian"
    (khmer,) = rows_of(people.head_bmc, language="km").values()
    assert khmer["status"] == "REPORTED"
    with translation.override("km"):
        assert khmer["status_label"] == str(Status.REPORTED.label) != "Reported"
    assert khmer["owner_label"] == "ស្ថាប័ន DOSVY-BMC"


@pytest.mark.parametrize("shape", ["CSV", "JSONL", "XLSX"])
def test_no_name_and_no_word_of_an_account(people, outside, shape):
    case = make_case(by=people.officer_bmc, full=True)
    assert outside("SELECT count(*) FROM cases_identity WHERE case_id = %s", [case.pk]) == [(1,)]
    body = written(people.head_bmc, shape)
    text = str(sheet(body)) if shape == "XLSX" else body.decode()
    assert case.number in text
    for secret in SECRETS:
        assert secret not in text


def test_a_summary_shows_no_place_risk_channel_and_nationality(people):
    """An organisation's file: the department reads its summary, and the whole of its own."""
    theirs = make_case(by=people.ngo_hope, full=True)
    own = make_case(by=people.officer_bmc, full=True)
    closed = [
        *FACTS, "channel_label", "reported_precision_label", "nationality_label", "language", "district",
        "district_label", "commune", "commune_label", "risk", "risk_label",
    ]  # fmt: skip
    rows = rows_of(people.head_bmc)
    assert {name: rows[theirs.number][name] for name in closed} == dict.fromkeys(closed, "")
    assert (rows[theirs.number]["sex"], rows[theirs.number]["form"]) == ("FEMALE", rows[own.number]["form"])
    assert rows[own.number]["risk"] == "HIGH"
    (row,) = [one for one in lines(written(people.reviewer, "JSONL")) if one["number"] == theirs.number]
    assert {name: row[name] for name in closed} == dict.fromkeys(closed)
    _title, _heading, in_excel = sheet(written(people.reviewer, "XLSX"))
    (row,) = [one for one in in_excel if one["number"] == theirs.number]
    assert {name: row[name] for name in closed} == dict.fromkeys(closed, "")


def test_each_section_opens_its_own_columns(people, as_):
    """What happened without the risk, and the risk without what happened."""
    case = make_case(by=people.officer_bmc, full=True)
    for sections, risk, channel in (
        (Section.SUMMARY | Section.FACTS, "", "HOTLINE_117"),
        (Section.SUMMARY | Section.RISK, "HIGH", ""),
    ):
        with as_(people.administrator):
            rule = SectionRule.objects.filter(viewer_kind="MINISTRY", opened_by_kind="DEPARTMENT")
            assert rule.update(sections=int(sections)) == 1
        with acting(system("reconcile")):
            reconcile()
        row = rows_of(people.reviewer)[case.number]
        assert (row["risk"], row["channel"]) == (risk, channel)


def test_a_partner_agency_gets_its_own_and_what_was_referred_to_it(people):
    """The shelter's manager: the file that they accepted, with the agreed sections; no other of the province."""
    accepted = make_case(by=people.officer_bmc, full=True)
    make_case(by=people.officer_bmc, full=True)
    asked = make_case(by=people.officer_bmc, full=True)
    make_referral(accepted, status="ACCEPTED", to="SHELTER-BMC", sections=Section.SUMMARY | Section.NOTES)
    make_referral(asked, status="APPROVED", to="SHELTER-BMC")
    rows = rows_of(people.shelter)
    assert list(rows) == [accepted.number]
    assert (rows[accepted.number]["channel"], rows[accepted.number]["risk"]) == ("", "")


def test_what_only_named_people_may_see_is_in_no_export(people, as_):
    """Not even in that of somebody who is named."""
    secret = make_case(by=people.head_bmc, full=True, official_involved=Answer.YES)
    plain = make_case(by=people.head_bmc, full=True)
    with as_(people.head_bmc):
        assert visible_cases(people.head_bmc).filter(pk=secret.pk).exists(), "there must be something to leak"
    assert list(rows_of(people.head_bmc)) == [plain.number]
    assert secret.number not in rows_of(people.reviewer)


def test_the_filter_of_the_list_is_the_filter_of_the_file(people):
    first = make_case(by=people.officer_bmc, full=True)
    served = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    theirs = make_case(by=people.ngo_hope, full=True)
    elsewhere = make_case(by=people.officer_btb, full=True)
    everything = rows_of(people.reviewer)
    assert list(everything) == [elsewhere.number, theirs.number, served.number, first.number], "newest first"
    assert list(rows_of(people.reviewer, status="PRESUMED")) == [served.number]
    assert list(rows_of(people.reviewer, province="2")) == [elsewhere.number]
    # By risk only among those whose risk is open.
    assert set(rows_of(people.reviewer, risk="HIGH")) == {first.number, served.number, elsewhere.number}
    assert rows_of(people.reviewer, status="CLOSED") == {}


def test_a_workbook_has_dates_as_dates_and_numbers_as_numbers(people):
    case = make_case(by=people.officer_bmc, full=True)
    title, heading, (row,) = sheet(written(people.head_bmc, "XLSX", language="km"))
    assert title == "ករណី"
    assert heading[0] == "number"
    assert (row["number"], row["reported_on"]) == (case.number, dt.date(2026, 1, 2))
    assert (row["age_min"], row["age_max"]) == (16, 17)
    local = case.created_at.astimezone(dt.timezone(dt.timedelta(hours=7))).replace(tzinfo=None)
    assert abs(row["made_at"] - local) < dt.timedelta(seconds=1)
    assert row["district"] == ""


@pytest.mark.parametrize("name", ["head_bmc", "reviewer", "shelter"])
def test_either_wall_alone_gives_the_same_file(fresh_db, name):
    people = read()
    for by in (people.officer_bmc, people.ngo_hope, people.officer_btb):
        make_case(by=by, full=True)
    make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)
    referred = make_case(by=people.officer_bmc, full=True)
    make_referral(referred, status="ACCEPTED", to="SHELTER-BMC", sections=Section.SUMMARY | Section.FACTS)
    person = getattr(people, name)
    both = written(person)
    assert referred.number.encode() in both
    with ground.connected("loader"):
        assert written(person) == both, "the first wall alone"
    everything = Case.objects.all
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cases.queries.visible_cases", lambda _user, *_sections: everything())
        assert written(person) == both, "the second wall alone"


def test_names_of_places_are_those_of_the_page(people):
    place = Place.objects.filter(province_id=1, level="COMMUNE").order_by("pk").first()
    make_case(by=people.officer_bmc, full=True, commune=place, district=place.parent)
    (row,) = rows_of(people.head_bmc).values()
    assert (row["commune"], row["district"]) == (place.pk, place.parent_id)
    assert row["commune_label"].endswith("commune")
    assert row["district_label"].startswith(place.parent.name_en)
