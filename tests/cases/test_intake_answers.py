"""Every answer of the intake arrives in the file, alone and with others; what contradicts itself does not."""

import datetime
import random
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.fields import PartialDate
from accounts.models import Code
from cases import actions, ages, intake, vault, words
from cases.answers import Answer
from cases.forms.intake import SECTIONS
from cases.models import Case
from tests.cases.pages import ENOUGH, send, start

pytestmark = pytest.mark.django_db

BASE = {name: [value] for page in ENOUGH.values() for name, value in page.items()}
THIS_YEAR = timezone.localdate().year


def date(name, year, month="", day=""):
    boxes = {"day": day, "month": month, "year": year}
    return {f"{name}_{box}": [str(value)] for box, value in boxes.items() if value}


#: field: (what is typed, how the file answers, what it must answer). All of them together contradict nothing.
ANSWERS = {
    "official_involved": ({"official_involved": ["UNSURE"]}, lambda f: f.case.official_involved, "UNSURE"),
    "channel": ({"channel": ["SELF"]}, lambda f: f.case.channel, "SELF"),
    "reported_on": (
        date("reported_on", 2026, 3),
        lambda f: (f.case.reported_on.isoformat(), f.case.reported_precision),
        ("2026-03-01", "MONTH"),
    ),
    "province": ({"province": ["1"]}, lambda f: f.case.province_id, 1),
    "district": ({"district": ["0102"]}, lambda f: f.case.district_id, "0102"),
    "commune": (
        {"commune": ["010201"]},
        lambda f: (f.case.commune_id, f.case.district_id),
        ("010201", "0102"),
    ),
    "alias": ({"alias": ["ឡានលេខ ៣"]}, lambda f: vault.alias(f.victim), "ឡានលេខ ៣"),
    "sex": ({"sex": ["FEMALE"]}, lambda f: f.victim.sex, "FEMALE"),
    "birth_date": (
        date("birth_date", THIS_YEAR - 20),
        lambda f: (f.identity["birth_date"], f.victim.age_min, f.victim.age_max),
        (f"{THIS_YEAR - 20}-01-01/YEAR", 19, 20),
    ),
    "age_min": ({"age_min": ["19"]}, lambda f: f.victim.age_min, 19),
    "age_max": ({"age_max": ["20"]}, lambda f: f.victim.age_max, 20),
    "age_basis": ({"age_basis": ["SELF"]}, lambda f: f.victim.age_basis, "SELF"),
    "is_child": ({"is_child": ["NO"]}, lambda f: f.victim.is_child, "NO"),
    "nationality": ({"nationality": ["VNM"]}, lambda f: f.victim.nationality, "VNM"),
    "language": ({"language": ["VIE"]}, lambda f: f.victim.language, "VIE"),
    "needs_interpreter": ({"needs_interpreter": ["YES"]}, lambda f: f.victim.needs_interpreter, "YES"),
    "home_district": ({"home_district": ["0203"]}, lambda f: f.victim.home_district_id, "0203"),
    "name_km": ({"name_km": ["សុខ ស្រីមុំ"]}, lambda f: f.identity["name_km"], "សុខ ស្រីមុំ"),
    "name_latin": ({"name_latin": ["Sok Sreymom"]}, lambda f: f.identity["name_latin"], "Sok Sreymom"),
    "other_names": ({"other_names": ["Mom, Srey"]}, lambda f: f.identity["other_names"], "Mom, Srey"),
    "document_kind": ({"document_kind": ["NID"]}, lambda f: f.identity["document_kind"], "NID"),
    "document_number": ({"document_number": ["N 1"]}, lambda f: f.identity["document_number"], "N 1"),
    "phone": ({"phone": ["012 345"]}, lambda f: f.identity["phone"], "012 345"),
    "safe_to_call": ({"safe_to_call": ["NOT_KNOWN"]}, lambda f: f.identity["safe_to_call"], "NOT_KNOWN"),
    "address": ({"address": ["a\r\nb"]}, lambda f: f.identity["address"], "a\nb"),
    "forms_of": (
        {"forms_of": ["LAB.FISH", "LAB.DOM"]},
        lambda f: (f.codes("FORM"), f.case.form),
        ({"LAB.FISH", "LAB.DOM"}, "LAB.FISH"),
    ),
    "country": ({"country": ["KHM"]}, lambda f: f.facts.country, "KHM"),
    "fact_district": ({"fact_district": ["0203"]}, lambda f: f.facts.district_id, "0203"),
    "place_type": ({"place_type": ["FACTORY"]}, lambda f: f.facts.place_type, "FACTORY"),
    "started_on": (
        date("started_on", 2025, 5, 6),
        lambda f: (f.facts.started_on.isoformat(), f.facts.started_precision),
        ("2025-05-06", "DAY"),
    ),
    "ended_on": (
        date("ended_on", 2025),
        lambda f: (words.partial_date(f.facts.ended_on, f.facts.ended_precision), f.facts.ended_precision),
        ("2025", "YEAR"),
    ),
    "child_at_start": ({"child_at_start": ["NO"]}, lambda f: f.victim.child_at_start, "NO"),
    "recruiter_relation": (
        {"recruiter_relation": ["FRIEND"]},
        lambda f: f.facts.recruiter_relation,
        "FRIEND",
    ),
    "account": ({"account": ["She was\r\ntold."]}, lambda f: vault.account(f.facts), "She was\ntold."),
    "acts": ({"acts": ["SALE"]}, lambda f: f.codes("ACT"), {"SALE"}),
    "means": ({"means": ["DECEPTION"]}, lambda f: f.codes("MEANS"), {"DECEPTION"}),
    "controls": ({"controls": ["DEBT_BONDAGE"]}, lambda f: f.codes("CONTROL"), {"DEBT_BONDAGE"}),
    "danger_now": ({"danger_now": ["NOT_KNOWN"]}, lambda f: f.risk.danger_now, "NOT_KNOWN"),
    "risk_level": ({"risk_level": ["MEDIUM"]}, lambda f: (f.risk.level, f.case.risk_level), ("MEDIUM",) * 2),
    "risk_reasons": ({"risk_reasons": ["He calls."]}, lambda f: vault.reasons(f.risk), "He calls."),
    "consent": ({"consent": ["NOT_YET"]}, lambda f: f.consent.answer, "NOT_YET"),
    # A day or a way of consent means nothing without the answer: the page asks for it.
    "consent_on": (
        {"consent": ["NOT_YET"], **date("consent_on", 2026, 3, 4)},
        lambda f: f.consent.given_on.isoformat(),
        "2026-03-04",
    ),
    "consent_how": (
        {"consent": ["NOT_YET"], "consent_how": ["THUMBPRINT"]},
        lambda f: f.consent.how,
        "THUMBPRINT",
    ),
    "summary": ({"summary": ["In short."]}, lambda f: vault.summary(f.case), "In short."),
}
FIELDS = [name for form in SECTIONS for name in form.base_fields]


def file_of(typed, by):
    """The file that is made of what was typed, as it can be read afterwards."""
    ready, forms = intake.checked(BASE | typed, by)
    assert ready is not None, {name: form.errors for name, form in forms.items() if form.errors}
    case = Case.objects.get(pk=actions.open_file(intake=ready, by=by).pk)
    return SimpleNamespace(
        case=case,
        victim=case.victim,
        facts=case.facts,
        risk=case.risks.first(),
        consent=case.consents.first(),
        identity=vault.reveal(case.identity) if hasattr(case, "identity") else {},
        codes=lambda name: set(case.answers.filter(list=name).values_list("code", flat=True)),
    )


def test_every_input_is_tried():
    assert set(ANSWERS) == set(FIELDS)
    places = {"place_type": "PLACE_TYPE", "language": "LANGUAGE", "recruiter_relation": "RECRUITER_RELATION"}
    for name, code_list in places.items():
        assert Code.objects.filter(list=code_list, code=ANSWERS[name][0][name][0]).exists(), name


@pytest.mark.parametrize("name", FIELDS)
def test_an_answer_alone_arrives(people, as_, name):
    typed, read, expected = ANSWERS[name]
    with as_(people.officer_bmc):
        assert read(file_of(typed, people.officer_bmc)) == expected


def combinations():
    dice = random.Random(2)
    return [FIELDS, *(dice.sample(FIELDS, dice.randint(2, len(FIELDS) - 1)) for _number in range(12))]


@pytest.mark.parametrize("names", combinations(), ids=lambda names: f"{len(names)} answers")
def test_answers_arrive_together(people, as_, names):
    typed = {name: values for field in names for name, values in ANSWERS[field][0].items()}
    with as_(people.officer_bmc):
        found = file_of(typed, people.officer_bmc)
        for name in names:
            _typed, read, expected = ANSWERS[name]
            assert read(found) == expected, name


def test_refused_consent_drops_the_identity_and_nothing_else(people, as_):
    typed = {name: values for field in FIELDS for name, values in ANSWERS[field][0].items()}
    dropped = {"consent", *vault.IDENTITY_FIELDS}
    with as_(people.officer_bmc):
        found = file_of(typed | {"consent": ["REFUSED"]}, people.officer_bmc)
        assert found.identity == {}
        assert (found.consent.answer, found.victim.age_max) == ("REFUSED", 20)
        for name in set(FIELDS) - dropped:
            _typed, read, expected = ANSWERS[name]
            assert read(found) == expected, name


def test_what_was_not_answered_is_not_called_not_known(people, as_):
    said = {"sex": ["NOT_KNOWN"], "is_child": ["NOT_KNOWN"], "child_at_start": ["NOT_KNOWN"]}
    with as_(people.officer_bmc):
        silent, told = file_of({}, people.officer_bmc), file_of(said, people.officer_bmc)
        for name in said:
            assert (getattr(silent.victim, name), getattr(told.victim, name)) == ("NOT_ASKED", "NOT_KNOWN")
        assert silent.victim.age_basis == "NOT_ASKED"
        assert silent.risk is silent.consent is None
        assert words.person_line(silent.case) == words.person_line(told.case) == ""


@pytest.mark.parametrize(
    ("typed", "english", "khmer", "child"),
    [
        ({"age_max": ["15"]}, "at most 15", "យ៉ាងច្រើន 15", "YES"),
        ({"age_max": ["40"]}, "at most 40", "យ៉ាងច្រើន 40", "NOT_ASKED"),
        ({"age_min": ["15"]}, "15 or older", "15 ឬលើសពីនេះ", "YES"),
        ({"age_min": ["18"]}, "18 or older", "18 ឬលើសពីនេះ", "NO"),
        ({"age_min": ["15"], "age_max": ["15"]}, "15", "15", "YES"),
        ({"age_min": ["15"], "age_max": ["20"]}, "15 to 20", "15 ដល់ 20", "YES"),
    ],
)
def test_an_age_is_told_as_far_as_it_is_known(people, client_of, as_, typed, english, khmer, child):
    from referrals import words as packet

    with as_(people.officer_bmc):
        found = file_of(typed, people.officer_bmc)
        assert found.victim.is_child == child
        for lang, said in (("en", english), ("km", khmer)):
            with override(lang):
                assert words.age(found.victim) == packet.age(found.victim) == said
                line = f"{said}, {_('child')}" if child == "YES" else said
                assert words.person_line(found.case) == packet.person(found.victim) == line
    for page in (reverse("cases:list"), reverse("cases:detail", args=[found.case.number])):
        assert khmer in client_of(people.officer_bmc).get(page).content.decode()


# --- contradictions -----------------------------------------------------------------------------------------

BORN_2010 = date("birth_date", 2010, 12, 31)
TODAY = timezone.localdate()


@pytest.mark.asvs("2.2.2", "2.2.3")
@pytest.mark.parametrize(
    ("typed", "wrong", "right"),
    [
        (BORN_2010, {"started_on": date("started_on", 2010, 1, 1)}, date("started_on", 2011, 1, 1)),
        (BORN_2010, {"started_on": date("started_on", 2010, 11)}, date("started_on", 2010)),
        (BORN_2010, {"ended_on": date("ended_on", 2009)}, date("ended_on", 2010, 12)),
        (BORN_2010, {"reported_on": date("reported_on", 2010, 12, 30)}, date("reported_on", 2010, 12, 31)),
        (
            BORN_2010 | {"consent": ["NOT_YET"]},
            {"consent_on": date("consent_on", 2010, 12, 30)},
            date("consent_on", 2011, 12, 30),
        ),
        ({"age_max": ["5"]}, {"started_on": date("started_on", 2005)}, date("started_on", TODAY.year - 1)),
        (date("started_on", 2024, 3, 15), {"ended_on": date("ended_on", 2024, 2)}, date("ended_on", 2024, 3)),
        (date("started_on", 2024, 3, 15), {"ended_on": date("ended_on", 2023)}, date("ended_on", 2024)),
        (
            BORN_2010 | date("started_on", 2020),
            {"child_at_start": {"child_at_start": ["NO"]}},
            {"child_at_start": ["YES"]},
        ),
        (BORN_2010, {"child_at_start": {"child_at_start": ["NO"]}}, {"child_at_start": ["NOT_KNOWN"]}),
        ({"is_child": ["YES"]}, {"child_at_start": {"child_at_start": ["NO"]}}, {"child_at_start": ["YES"]}),
        ({"age_max": ["17"]}, {"child_at_start": {"child_at_start": ["NO"]}}, {"child_at_start": ["YES"]}),
        (
            date("birth_date", 1990) | date("started_on", 2020),
            {"child_at_start": {"child_at_start": ["YES"]}},
            {"child_at_start": ["NO"]},
        ),
        (
            date("birth_date", 1990) | date("started_on", 2008),
            {"birth_date": date("birth_date", 2009)},
            {"child_at_start": ["YES"]},
        ),
        ({"age_min": ["40"]} | date("started_on", TODAY.year - 1), {"child_at_start": {"child_at_start": ["YES"]}},
         {"child_at_start": ["NO"]}),
        ({}, {"birth_date": date("birth_date", 1852)}, date("birth_date", TODAY.year - 119)),
        ({}, {"consent": {"consent_how": ["SPOKEN"]}}, {"consent": ["NOT_YET"], "consent_how": ["SPOKEN"]}),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_by_the_field_and_its_correction_is_taken(people, as_, typed, wrong, right):
    ((name, contradicting),) = wrong.items()
    with as_(people.officer_bmc):
        ready, forms = intake.checked(BASE | typed | contradicting, people.officer_bmc)
        assert ready is None
        assert name in {field for form in forms.values() for field in form.errors}
        for lang in ("en", "km"):
            with override(lang):
                assert all(str(said) for form in forms.values() for said in form.errors.values())
        file_of(typed | right, people.officer_bmc)


def test_an_age_of_174_gets_a_clear_sentence(officer):
    address = start(officer).rsplit("/", 2)[0]
    body = officer.post(f"{address}/person/", {"alias": "x", "birth_date_year": "1852"}).content.decode()
    assert _("By this the person would be older than 120 years. Correct the year.") in body


def test_an_error_between_two_pages_stands_on_both_and_its_link_leads_to_it(officer):
    person = {"alias": "x", "birth_date_year": "2010"}
    pages = ENOUGH | {"person": person, "happened": {"started_on_year": "2009"}}
    address = start(officer)
    check = officer.get(send(officer, address, pages)).content.decode()
    base = address.rsplit("/", 2)[0]
    sentences = {
        "happened": _("This is before the person was born."),
        "person": _("By this the person was born after %(date)s, which stands on the page “%(page)s”.")
        % {"date": "2009", "page": _("What happened")},
    }
    for page, sentence in sentences.items():
        assert sentence in check
        assert f"{base}/{page}/?check=1" in check
        assert sentence in officer.get(f"{base}/{page}/?check=1").content.decode()
    mended = officer.post(f"{base}/happened/?check=1", {"started_on_year": "2011"})
    assert mended["Location"] == f"{base}/check/"
    assert sentences["person"] not in officer.get(f"{base}/person/?check=1").content.decode()


# --- consent of a child -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "child", [{"age_max": "15"}, {"is_child": "YES"}, {"age_min": "16", "age_max": "20"}]
)
def test_a_child_does_not_consent_alone(officer, child):
    consent = {"consent": "GIVEN", "consent_on_day": "2", "consent_on_month": "1", "consent_on_year": "2026"}
    address = start(officer)
    base = address.rsplit("/", 2)[0]
    send(officer, address, ENOUGH | {"person": {"alias": "x"} | child})
    for how in ("SPOKEN", "SIGNED", "THUMBPRINT"):
        answer = officer.post(f"{base}/consent/", consent | {"consent_how": how})
        assert answer.status_code == 200
        assert f"«{_('Not yet possible')}»" in answer.content.decode()
    assert officer.post(f"{base}/consent/", {"consent": "NOT_YET"}).status_code == 302
    assert officer.post(f"{base}/consent/", consent | {"consent_how": "GUARDIAN"}).status_code == 302
    officer.post(f"{base}/person/", {"alias": "x", "age_min": "30", "age_max": "", "is_child": ""})
    assert officer.post(f"{base}/consent/", consent | {"consent_how": "SPOKEN"}).status_code == 302


def test_how_a_child_consents_is_data_that_nobody_has_confirmed(people, as_, monkeypatch):
    rule = Code.objects.get(list="CONSENT_PURPOSE", code="STORE_DATA")
    assert (rule.extra, rule.confirmed) == ({"of_child": "GUARDIAN"}, False)
    typed = {
        "is_child": ["YES"],
        "consent": ["GIVEN"],
        "consent_how": ["SPOKEN"],
        **date("consent_on", 2026, 1, 2),
    }
    with as_(people.officer_bmc):
        assert intake.checked(BASE | typed, people.officer_bmc)[0] is None
        from accounts import codes

        codes.get("CONSENT_PURPOSE", "STORE_DATA").extra.clear()  # as after an edit of the list
        assert intake.checked(BASE | typed, people.officer_bmc)[0] is not None


# --- ages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "precision", "expected"),
    [
        ((2008, 11, 25), "DAY", (18, 18)),
        ((2008, 11, 26), "DAY", (17, 17)),
        ((2008, 11, 1), "MONTH", (17, 18)),
        ((2008, 1, 1), "YEAR", (17, 18)),
        ((2026, 1, 1), "YEAR", (0, 0)),
        ((2008, 2, 29), "DAY", (18, 18)),
    ],
)
def test_the_age_on_a_day(on, precision, expected):
    born = PartialDate(datetime.date(*on), precision)
    assert ages.age_range(born, datetime.date(2026, 11, 25)) == expected


def test_the_birth_that_an_age_allows():
    birth = ages.birth_of({"age_min": 15, "age_max": 15}, datetime.date(2028, 2, 29))
    assert (birth.first, birth.last) == (datetime.date(2012, 3, 1), datetime.date(2013, 2, 28))
    assert ages.birth_of({}, datetime.date(2028, 2, 29)) == ages.Birth(None, None)
    assert ages.age_facts({"is_child": Answer.NOT_KNOWN, "age_max": 15}, TODAY)["is_child"] == Answer.YES
