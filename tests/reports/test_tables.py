"""The life of a monthly table: made once, prepared, signed by a second person, frozen, corrected by a new edition."""

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.refusals import NotFound, NotNow, Refused, Stale
from audit.context import acting, system
from config.celery import app
from reports import actions, months, queries, schedule, vault
from reports.access import visible_tables
from reports.models import MonthlyTable
from reports.states import Status
from reports.tasks import make_monthly_tables
from tests.browsing import hidden
from tests.factories import make_case, make_table
from tests.people import PEOPLE

pytestmark = pytest.mark.django_db
MACHINE = system("report")
LAST = months.last_over(timezone.localdate())
BEFORE = months.before(LAST)


def stored(table):
    with acting(MACHINE):
        return MonthlyTable.objects.get(pk=table.pk)


def department(code="DOSVY-BMC"):
    with acting(MACHINE):
        return Agency.objects.get(code=code)


# --- made ---


def test_twice_is_once(people, outside):
    make_monthly_tables()
    with acting(MACHINE):
        assert schedule.make_missing() == 0
        assert MonthlyTable.objects.count() == 2, "a table for each department"
        assert actions.make_table(agency=department(), month=LAST, by=None) is None
    assert outside(
        "SELECT count(*) FROM audit_event WHERE kind = 'TABLE_MADE' AND actor = 'system:report'"
    ) == [(2,)]


def test_missed_months_are_made_up_for():
    make_table("DOSVY-BMC", months.before(months.before(BEFORE)))
    with acting(MACHINE):
        assert schedule.due(department(), LAST) == [months.before(BEFORE), BEFORE, LAST]
        assert schedule.due(department("DOSVY-BTB"), LAST) == [LAST], "at the very start the last month alone"


def test_a_month_that_runs_has_no_table():
    with acting(MACHINE), pytest.raises(NotNow):
        actions.make_table(agency=department(), month=months.after(LAST), by=None)


def test_the_clock_makes_them_every_night():
    plan = app.conf.beat_schedule["make-monthly-tables"]
    assert plan["task"] == make_monthly_tables.name
    assert {plan["schedule"].hour == {1}, plan["schedule"].minute == {15}} == {True}
    assert make_monthly_tables.actor_name == "report"


def test_one_province_that_fails_keeps_back_no_other(monkeypatch):
    real = actions.make_table

    def sometimes(*, agency, month, by):
        if agency.code == "DOSVY-BMC":
            raise RuntimeError("this province cannot be counted")
        return real(agency=agency, month=month, by=by)

    monkeypatch.setattr(actions, "make_table", sometimes)
    with acting(MACHINE):
        assert schedule.make_missing() == 1


# --- who ---


@pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"disabled"}))
def test_who_sees_which(people, rows, name):
    signed = make_table("DOSVY-BMC", BEFORE, status="SIGNED")
    draft = make_table("DOSVY-BMC", LAST)
    person = getattr(people, name)
    expected = (
        {signed.pk, draft.pk}
        if name in ("officer_bmc", "officer_bmc_2", "head_bmc")
        else {signed.pk}
        if name in ("reviewer", "desk_reviewer")
        else set()
    )
    with acting(person.as_actor()):
        assert set(visible_tables(person).values_list("pk", flat=True)) == expected
    assert {row[0] for row in rows(person, "SELECT id FROM reports_monthlytable")} == expected, (
        "the second wall"
    )


def test_another_department_and_the_ministry_prepare_nothing(people):
    table = make_table("DOSVY-BMC", LAST)
    for person in (people.officer_btb, people.reviewer, people.police_bmc, people.ngo_hope):
        with acting(person.as_actor()), pytest.raises((Refused, NotFound)):
            actions.prepare(table=table, remarks="x", explanation="", by=person)
    assert stored(table).status == Status.DRAFT


def test_an_officer_does_not_sign(people):
    table = make_table("DOSVY-BMC", LAST, status="PREPARED")
    with acting(people.officer_bmc_2.as_actor()), pytest.raises(Refused):
        actions.sign(table=table, by=people.officer_bmc_2)


def test_nobody_signs_what_they_prepared(people, outside):
    table = make_table("DOSVY-BMC", LAST)
    head = people.head_bmc
    with acting(head.as_actor()):
        table = actions.prepare(table=table, remarks="", explanation="", by=head)
        with pytest.raises(Refused, match=_("You prepared this table yourself: a colleague signs it.")):
            actions.sign(table=table, by=head)
        assert queries.waiting_for(head) == []
    with (
        pytest.raises(IntegrityError, match="second_person"),
        acting(head.as_actor()),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE reports_monthlytable SET status = 'SIGNED', signed_by_id = prepared_by_id, signed_at = now() "
            "WHERE id = %s",
            [table.pk],
        )


# --- each step ---


def test_the_words_are_sealed_and_the_steps_stand_on_the_trail(people, rows, events):
    table = make_table("DOSVY-BMC", LAST, status="SIGNED", remarks="ស្រីនាង was here")
    sealed = stored(table).remarks_sealed
    assert sealed
    assert "ស្រីនាង".encode() not in bytes(sealed)
    with acting(people.reviewer.as_actor()):
        assert vault.words_of(stored_for(people.reviewer, table))["remarks"] == "ស្រីនាង was here"
    steps = [(kind, detail.get("verb")) for kind, _r, _a, _l, detail in events() if kind.startswith("TABLE")]
    assert steps == [("TABLE_MADE", None), ("TABLE_MOVED", "PREPARE"), ("TABLE_MOVED", "SIGN")]
    kept = "SELECT count(*) FROM reports_historicalmonthlytable WHERE id = %s"
    assert rows(people.head_bmc, kept, [table.pk]) == [(3,)]


def stored_for(person, table):
    return visible_tables(person).get(pk=table.pk)


def test_the_key_of_the_words_is_with_those_who_see_the_table(people, rows):
    make_table("DOSVY-BMC", LAST, status="PREPARED")
    ask = "SELECT count(*) FROM accounts_subjectkey WHERE kind = 'REPORT'"
    assert rows(people.head_bmc, ask) == [(1,)]
    for person in (people.reviewer, people.officer_btb, people.auditor, people.ngo_hope):
        assert rows(person, ask) == [(0,)]


def test_given_back_it_is_prepared_anew(people):
    table = make_table("DOSVY-BMC", LAST, status="PREPARED")
    with acting(people.head_bmc.as_actor()):
        table = actions.send_back(table=table, by=people.head_bmc)
        assert (table.status, table.prepared_by) == (Status.DRAFT, None)
        with pytest.raises(NotNow):
            actions.sign(table=table, by=people.head_bmc)


def test_an_older_form_is_refused(people):
    table = make_table("DOSVY-BMC", LAST)
    with acting(people.officer_bmc.as_actor()):
        actions.write(table=table, remarks="one", explanation="", by=people.officer_bmc, version=1)
        with pytest.raises(Stale):
            actions.write(table=table, remarks="two", explanation="", by=people.officer_bmc, version=1)


# --- frozen ---


@pytest.mark.parametrize(
    "change",
    ["remarks_sealed = '\\x00'", "status = 'DRAFT', signed_by_id = NULL, signed_at = NULL", "version = 9",
     "prepared_by_id = NULL, prepared_at = NULL"],
)  # fmt: skip
def test_what_is_signed_is_frozen(people, rows, change):
    table = make_table("DOSVY-BMC", LAST, status="SIGNED")
    with pytest.raises((IntegrityError, InternalError), match="does not change"):
        rows(
            people.head_bmc, f"UPDATE reports_monthlytable SET {change} WHERE id = %s RETURNING 1", [table.pk]
        )


@pytest.mark.parametrize("column", ["open_end", "figures", "month", "edition", "cut", "agency_id"])
def test_what_was_counted_is_never_changed_by_the_site(people, rows, column):
    make_table("DOSVY-BMC", LAST)
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows(people.head_bmc, f"UPDATE reports_monthlytable SET {column} = {column} RETURNING 1")


def test_the_database_knows_the_equation(people):
    table = make_table("DOSVY-BMC", LAST)
    table.pk, table.edition, table.open_end = MonthlyTable().pk, 2, 1
    with pytest.raises(IntegrityError, match="adds_up"), acting(MACHINE):
        table.save(force_insert=True)


# --- an opening figure that is not the last closing ---


def test_a_different_opening_is_explained_before_it_is_handed_over(people):
    before = make_table("DOSVY-BMC", BEFORE, status="SIGNED")
    make_case(by=people.officer_bmc)
    table = make_table("DOSVY-BMC", LAST)
    assert (before.open_end, table.open_start, table.closed_before) == (0, 0, 0)
    assert not table.needs_explanation
    with pytest.raises(IntegrityError, match="explains"), acting(people.officer_bmc.as_actor()):
        MonthlyTable.objects.filter(pk=table.pk).update(
            closed_before=7,
            status=Status.PREPARED,
            prepared_by=people.officer_bmc,
            prepared_at=timezone.now(),
        )


def test_without_the_explanation_it_stays_a_draft(people, monkeypatch):
    table = make_table("DOSVY-BMC", LAST)
    # No act of the site leads here yet: files only ever leave a month by what was recorded in it.
    monkeypatch.setattr(actions, "_closed_before", lambda table: 7)
    officer = people.officer_bmc
    with acting(officer.as_actor()):
        with pytest.raises(NotNow):
            actions.prepare(table=table, remarks="", explanation=" ", by=officer)
        assert stored(table).status == Status.DRAFT
        actions.prepare(table=table, remarks="", explanation="Seven were counted twice.", by=officer)
        assert stored(table).status == Status.PREPARED


# --- a new edition ---


def test_a_new_edition_says_what_differs_and_takes_the_place_of_the_signed_one(people):
    make_case(by=people.officer_bmc)
    month = months.first_of(timezone.localdate())
    signed = make_table("DOSVY-BMC", LAST, status="SIGNED")
    officer, head = people.officer_bmc_2, people.head_bmc
    with acting(officer.as_actor()):
        with pytest.raises(NotNow):
            actions.correct(table=signed, reason=" ", by=officer)
        new = actions.correct(table=signed, reason="The remarks named somebody.", by=officer)
        assert (new.edition, new.replaces_id, new.differs, new.status) == (2, signed.pk, [], Status.DRAFT)
        with pytest.raises(NotNow):
            actions.correct(table=signed, reason="again", by=officer)
        assert stored(signed).status == Status.SIGNED, "until the new one is signed"
        new = actions.prepare(table=new, remarks="", explanation="", by=officer)
    with acting(head.as_actor()):
        new = actions.sign(table=new, by=head)
    assert (stored(signed).status, stored(new).status) == (Status.REPLACED, Status.SIGNED)
    assert stored(new).fingerprint != stored(signed).fingerprint
    with acting(people.reviewer.as_actor()):
        assert {table.edition for table in visible_tables(people.reviewer)} == {1, 2}
    assert month > LAST


# --- pages ---


def test_remarks_are_kept_and_the_table_is_handed_over_on_its_page(people, client_of):
    table = make_table("DOSVY-BMC", LAST)
    client, where = client_of(people.officer_bmc), reverse("reports:table", args=[table.pk])
    page = client.get(where)
    assert page.status_code == 200
    sent = {**hidden(page), "remarks": "ធម្មតា", "do": "save"}
    assert client.post(where, sent).status_code == 302
    page = client.get(where)
    assert "ធម្មតា" in page.content.decode()
    assert client.post(where, {**hidden(page), "remarks": "ធម្មតា", "do": "prepare"}).status_code == 302
    assert stored(table).status == Status.PREPARED
    late = client.post(where, {"version": stored(table).version, "remarks": "ក្រោយ", "do": "save"})
    assert late.status_code == 200
    assert "ក្រោយ" in late.content.decode(), "nothing typed is lost"
    assert str(_("This table has been handed over and waits for the signature.")) in late.content.decode()


def test_the_head_signs_on_a_page_and_my_work_shows_what_waits(people, client_of):
    table = make_table("DOSVY-BMC", LAST, status="PREPARED")
    head, where = client_of(people.head_bmc), reverse("reports:table", args=[table.pk])
    assert where in head.get("/").content.decode()
    assert where not in client_of(people.officer_bmc).get("/").content.decode()
    sign = reverse("reports:sign", args=[table.pk])
    assert head.post(sign, hidden(head.get(sign))).status_code == 302
    assert stored(table).status == Status.SIGNED
    assert where not in head.get("/").content.decode()
    assert client_of(people.reviewer).get(where).status_code == 200


def test_a_figure_leads_to_its_files_within_reach(people, client_of, events):
    case = make_case(by=people.officer_bmc)
    hidden_one = make_case(by=people.officer_bmc, official_involved="UNSURE")
    month = months.first_of(timezone.localdate())
    table = make_table("DOSVY-BMC", LAST)
    with acting(MACHINE):
        now = actions._counted(department(), month, edition=1)
    assert (now.open_start, now.came_in, now.open_end) == (0, 1, 1)
    with acting(people.officer_bmc.as_actor()):
        now_behind = queries.files_of(now, people.officer_bmc, "OPENED")
        assert [c.pk for c in now_behind] == [case.pk] != [hidden_one.pk]
        assert list(queries.files_of(now, people.officer_bmc, "ENDED")) == []
    page = client_of(people.officer_bmc).get(reverse("reports:files", args=[table.pk, "OPEN_END"]))
    assert page.status_code == 200
    assert [row[4]["table"] for row in events("FILE_LISTED")] == [str(table.pk)]


def test_two_at_once_make_one():
    with acting(MACHINE), transaction.atomic():
        assert actions.make_table(agency=department(), month=LAST, by=None) is not None
        assert actions.make_table(agency=department(), month=LAST, by=None) is None
