"""Every kind of wrong row, and what each is told; and rows as people really write them, read as they are meant."""

import datetime
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.context import acting
from cases.models import RegisterPart
from cases.register import plan, values
from cases.register.rows import Checker
from cases.register.wrong import Wrong

from .made import DEFAULTS, as_xlsx, read, upload

pytestmark = pytest.mark.django_db
HEADINGS = (
    "alias", "date", "channel", "province", "district", "commune", "name_km", "name_latin", "name", "sex", "dob", "age",
    "child", "nationality", "forms of exploitation", "country", "fact_district", "began", "ended", "child_at_start",
    "consent", "consent_on", "consent_how", "danger_now", "risk", "story", "home_district", "phone", "status",
)  # fmt: skip
GOOD = {"alias": "ថង់ខៀវ", "channel": "HOTLINE_117", "province": "Banteay Meanchey", "date": "3/2/2026"}


@pytest.fixture
def check(people, as_):
    """`check(sex="?")`: a good row with these cells changed, as somebody of the department uploads it."""

    def one(person=None, sheet=None, **cells):
        person = person or people.officer_bmc
        row = {**GOOD, **cells}
        assert set(row) <= set(HEADINGS), set(row) - set(HEADINGS)
        rows = [HEADINGS, [row.get(name, "") for name in HEADINGS]]
        register = upload(person, sheet(rows) if sheet else rows)
        with acting(person.as_actor()):
            found = plan.open_plan(register)
            found.channel, found.official_involved = DEFAULTS["channel"], DEFAULTS["official_involved"]
            checker = Checker(found, by=person, asked_on=datetime.date(2026, 11, 1))
            lines = plan.lines_of(RegisterPart.objects.get(register=register), found)
            return checker.check(lines[0])

    return one


def codes_of(checked):
    return {(column, code) for column, _at, code in checked.problems}


WRONG = [
    ({"channel": "a pigeon"}, {("channel", "UNKNOWN_VALUE")}),
    ({"province": "Atlantis"}, {("province", "UNKNOWN_PLACE")}),
    ({"province": "Battambang"}, {("province", "OTHER_PROVINCE")}),
    ({"district": "Nowhere"}, {("district", "UNKNOWN_PLACE")}),
    ({"district": "ក្រុងបាត់ដំបង"}, {("district", "OTHER_PLACE")}),
    ({"date": "yesterday"}, {("reported_on", "DATE_UNREADABLE")}),
    ({"date": "3/2/26"}, {("reported_on", "DATE_SHORT_YEAR")}),
    ({"date": "31/2/2026"}, {("reported_on", "NO_SUCH_DATE")}),
    ({"date": "2/27/2026"}, {("reported_on", "NO_SUCH_DATE")}),
    ({"date": "3/2/2569"}, {("reported_on", "BUDDHIST_ERA")}),
    ({"date": "៣/២/២៥៦៩"}, {("reported_on", "BUDDHIST_ERA")}),
    ({"date": "3/2/1066"}, {("reported_on", "TOO_EARLY")}),
    ({"date": "3/2/2199"}, {("reported_on", "IN_FUTURE")}),
    ({"dob": "3/2/1860"}, {("birth_date", "TOO_OLD")}),
    ({"age": "many"}, {("age", "AGE_UNREADABLE")}),
    ({"age": "17.5"}, {("age", "AGE_UNREADABLE")}),
    ({"age": "130"}, {("age", "AGE_UNREADABLE")}),
    ({"age": "20-15"}, {("age", "AGE_ORDER")}),
    ({"age": "40", "dob": "2010"}, {("age", "AGE_NOT_BIRTH")}),
    ({"age": "40", "child": "yes"}, {("is_child", "CHILD_NOT_AGE")}),
    ({"age": "12", "child": "no"}, {("is_child", "CHILD_NOT_AGE")}),
    ({"sex": "blue"}, {("sex", "UNKNOWN_VALUE")}),
    ({"name_km": "Sok Dara"}, {("name_km", "NOT_KHMER")}),
    ({"name_km": "cMNab;Garm"}, {("name_km", "NOT_KHMER")}),
    ({"name_latin": "cMNab;Garm"}, {("name_latin", "NOT_A_NAME")}),
    ({"name": "cMNab;Garm"}, {("name", "NOT_A_NAME")}),
    ({"nationality": "Martian"}, {("nationality", "UNKNOWN_VALUE")}),
    ({"forms of exploitation": "LAB.FISH; nonsense"}, {("forms_of", "UNKNOWN_VALUE")}),
    ({"country": "Thailand", "fact_district": "0102"}, {("fact_district", "NOT_CAMBODIA")}),
    ({"began": "2026-01-03", "ended": "2026-01-02"}, {("ended_on", "END_BEFORE_START")}),
    ({"dob": "2020", "began": "2010"}, {("started_on", "BEFORE_BIRTH"), ("birth_date", "BEFORE_BIRTH")}),
    ({"age": "14", "child_at_start": "no"}, {("child_at_start", "CHILD_AT_START")}),
    ({"consent": "given", "consent_how": "signed form"}, {("consent_on", "CONSENT_DAY")}),
    ({"consent": "given", "consent_on": "3/2/2026"}, {("consent_how", "CONSENT_HOW")}),
    ({"consent": "given", "consent_on": "2/2026", "consent_how": "SPOKEN"}, {("consent_on", "DATE_INCOMPLETE")}),
    ({"consent_on": "3/2/2026"}, {("consent", "CONSENT_MISSING")}),
    (
        {"consent": "given", "consent_on": "3/2/2026", "consent_how": "SPOKEN", "age": "12"},
        {("consent_how", "CONSENT_OF_CHILD")},
    ),
    ({"danger_now": "yes", "risk": "low"}, {("risk_level", "DANGER_NOT_LOW")}),
    ({"alias": "x" * 61}, {("alias", "TOO_LONG")}),
    ({"story": "x" * 10_001}, {("account", "TOO_LONG")}),
    ({"status": "x" * 1_001}, {("status", "TOO_LONG")}),
    ({"age": "#REF!"}, {("age", "FORMULA_ERROR")}),
    # Several at once: each is told.
    (
        {"sex": "?", "age": "many", "date": "x"},
        {("sex", "UNKNOWN_VALUE"), ("age", "AGE_UNREADABLE"), ("reported_on", "DATE_UNREADABLE")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), WRONG, ids=lambda v: str(sorted(v))[:60])
def test_what_is_wrong_is_told_exactly(check, cells, expected):
    checked = check(**cells)
    assert codes_of(checked) == expected
    assert checked.intake is None
    assert {code for _column, code in expected} <= set(Wrong.values)


def test_every_problem_names_its_column_of_the_sheet(check):
    checked = check(age="many", sex="?")
    where = {column: at for column, at, _code in checked.problems}
    assert where == {"age": HEADINGS.index("age"), "sex": HEADINGS.index("sex")}


def test_what_is_needed_and_not_there(check):
    assert codes_of(check(province="")) == {("province", "REQUIRED")}


def test_merged_cells_and_cells_beyond_the_headings(people, as_):
    def merge(_book, sheet):
        sheet.merge_range(1, 1, 2, 1, "F")

    rows = [("alias", "sex", "age"), ("a", "", "17"), ("b", "", "18", "", "more")]
    register = upload(people.officer_bmc, read(as_xlsx(rows, merge), "r.xlsx"))
    with as_(people.officer_bmc):
        found = plan.open_plan(register)
        found.channel, found.province, found.official_involved = "HOTLINE_117", "1", "NO"
        checker = Checker(found, by=people.officer_bmc, asked_on=datetime.date(2026, 11, 1))
        first, second = (checker.check(line) for line in plan.all_lines(register, found))
    assert first.problems == []
    assert first.intake.sex == "FEMALE"
    assert codes_of(second) == {("sex", "MERGED"), ("", "BEYOND_HEADINGS")}


def test_a_formula_counts_with_what_it_shows_and_its_error_is_told(check):
    def sheet(rows):
        def formulas(_book, made):
            made.write_formula(1, HEADINGS.index("age"), "=8+9", None, 17)
            made.write_formula(1, HEADINGS.index("phone"), "=1/0", None, "#DIV/0!")
            made.write_string(1, HEADINGS.index("story"), "=HYPERLINK(1)")

        return read(as_xlsx(rows, formulas), "r.xlsx")

    checked = check(sheet=sheet)
    assert codes_of(checked) == {("phone", "FORMULA_ERROR")}
    assert checked.line.cell(HEADINGS.index("age")) == "17"
    assert checked.line.cell(HEADINGS.index("story")) == "=HYPERLINK(1)"


READ = [
    ({"sex": "ស្រី"}, "sex", "FEMALE"),
    ({"sex": "Masculine"}, "sex", "MALE"),
    ({"age": "១៧ ឆ្នាំ"}, "age_min", 17),
    ({"age": "15-17"}, "age_max", 17),
    ({"age": "under 18"}, "age_max", 17),
    ({"age": "18+"}, "age_min", 18),
    ({"nationality": "ខ្មែរ"}, "nationality", "KHM"),
    ({"nationality": "VN"}, "nationality", "VNM"),
    ({"country": "ថៃ"}, "country", "THA"),
    ({"forms of exploitation": "LAB.FISH; LAB.DOM"}, "forms", ("LAB.FISH", "LAB.DOM")),
    ({"forms of exploitation": "ForcedLabour"}, "forms", ("LAB",)),
    ({"date": "៣ កុម្ភៈ ២០២៦"}, "reported_on", datetime.date(2026, 2, 3)),
    ({"date": "3 February 2026"}, "reported_on", datetime.date(2026, 2, 3)),
    ({"date": "ថ្ងៃទី៣ ខែកុម្ភៈ ឆ្នាំ២០២៦"}, "reported_on", datetime.date(2026, 2, 3)),
    ({"date": "2026-02-03 00:00:00"}, "reported_on", datetime.date(2026, 2, 3)),
    ({"date": "2/2026"}, "reported_precision", "MONTH"),
    ({"date": "២០២៥"}, "reported_precision", "YEAR"),
    ({"province": "ខេត្តបន្ទាយមានជ័យ"}, "alias", "ថង់ខៀវ"),
    ({"province": "BMC"}, "channel", "HOTLINE_117"),
    ({"child": "yes"}, "is_child", "YES"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "field", "value"), READ, ids=lambda v: str(v)[:50])
def test_what_people_write_is_read_as_it_is_meant(check, cells, field, value):
    checked = check(**cells)
    assert checked.problems == []
    assert getattr(checked.intake, field) == value


def test_ages_are_of_the_day_of_the_report(check):
    """A girl of 16 in a register of 2015 was a child when she was registered, whatever she is now."""
    checked = check(date="3/2/2015", age="16", dob="1998", began="2014")
    assert checked.problems == []
    assert (checked.intake.is_child, checked.intake.age_min) == ("YES", 16)


def test_names_go_where_their_script_belongs(check):
    assert check(name="សុខ បុប្ផា").intake.identity["name_km"] == "សុខ បុប្ផា"
    assert check(name="Sok Bopha").intake.identity["name_latin"] == "Sok Bopha"


def test_what_the_intake_does_not_ask_becomes_a_note(check):
    assert "បិទ" in check(status="បិទ").intake.note


def test_an_official_asked_and_not_known_is_the_answer_given_for_all(check, people):
    assert check().intake.official_involved == "NO"


def test_a_district_of_two_provinces_asks_which(check):
    places = values.Places.read()
    name = next(
        text for (level, inside, text), found in places.names.items()
        if level == "DISTRICT" and inside == "" and len({code[:2] for code in found}) > 1
    )  # fmt: skip
    assert codes_of(check(home_district=name)) == {("home_district", "AMBIGUOUS_PLACE")}


_CHECKER = {}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cells=st.lists(st.text(max_size=40), min_size=len(HEADINGS), max_size=len(HEADINGS)))
def test_whatever_is_written_is_a_file_or_told_and_never_an_error(people, as_, cells):
    with as_(people.officer_bmc):
        if not _CHECKER:
            made = plan.Plan(heading_row=1, top=[(1, list(HEADINGS))])
            made.columns = {at: _guess(name) for at, name in enumerate(HEADINGS)}
            made.channel, made.province, made.official_involved = "HOTLINE_117", "1", "NO"
            _CHECKER["one"] = Checker(made, by=people.officer_bmc, asked_on=datetime.date(2026, 11, 1))
        checked = _CHECKER["one"].check(plan.Line(2, cells))
    assert (checked.intake is None) == bool(checked.problems)
    assert {code for _column, _at, code in checked.problems} <= set(Wrong.values) - {"OTHER"}


def _guess(name):
    from cases.register.columns import guess

    assert guess(name), name
    return guess(name)


def test_a_long_register_of_every_kind_of_wrong_is_accounted_for_exactly(people, as_):
    """Each kind in turn, over several parts: as many problems of each as were written, and as many good rows."""
    from cases.register import queries

    from .made import make_register

    rows, expected, good = [HEADINGS], Counter(), 0
    for n in range(600):
        cells, told = WRONG[n % len(WRONG)] if n % 3 else ({}, set())
        row = {**GOOD, "alias": f"n{n}", **cells}
        rows.append([row.get(name, "") for name in HEADINGS])
        expected.update(code for _column, code in told)
        good += not told
    # Words are asked before the check; here they are left unmatched.
    register = make_register(people.officer_bmc, rows)
    assert (register.rows, register.good, register.wrong) == (600, good, 600 - good)
    with as_(people.officer_bmc):
        assert {one.code: one.number for one in queries.problem_counts(register)} == expected
