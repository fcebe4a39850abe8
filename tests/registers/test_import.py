"""From rows to files: each once, by the rules of one made by hand; what was taken back; what nobody may see."""

import threading

import pytest
from django.db import connection, connections

from accounts.refusals import NotNow, Refused
from audit.context import acting
from audit.kinds import Kind
from cases import access, actions, vault
from cases.models import Case, Note, Register, RegisterMark, RegisterMemory, RegisterPart, RegisterRow
from cases.register import actions as on_registers
from cases.register import batches, plan, unknown, work
from cases.register import queries as asked
from desk.models import Due
from tests.factories import make_case

from .made import import_register, make_register, match, now, parts, upload

ROWS = [
    ("ឈ្មោះ", "ភេទ", "អាយុ", "ទម្រង់នៃការកេងប្រវ័ញ្ច", "ស្ថានភាព", "official involved"),
    ("សុខ មករា", "ប្រុស", "15", "LAB.FISH", "បិទ", "no"),
    ("កែវ ដារ៉ា", "ស្រី", "17", "Forced labour", "", "unsure"),
    ("លី ពិសី", "?", "many", "", "", ""),
    ("Chan Dara", "F", "20-25", "", "", ""),
]


def counts(register):
    return {
        name: getattr(register, name) for name in ("rows", "good", "wrong", "alike", "already", "imported")
    }


@pytest.mark.django_db
class TestWhole:
    def test_every_row_is_counted_once(self, people):
        register = make_register(people.officer_bmc, ROWS)
        assert counts(register) == {"rows": 4, "good": 3, "wrong": 1, "alike": 0, "already": 0, "imported": 0}
        assert register.status == "CHECKED"

    def test_a_dry_run_makes_nothing(self, people, outside):
        make_register(people.officer_bmc, ROWS)
        assert outside("SELECT count(*) FROM cases_case") == [(0,)]

    def test_rows_become_files_as_if_made_by_hand(self, people, as_, outside):
        officer = people.officer_bmc
        register = import_register(officer, ROWS)
        assert (register.status, register.imported, register.named_only) == ("IMPORTED", 3, 1)
        with as_(officer):
            files = list(Case.objects.order_by("number"))
            assert [f.status for f in files] == ["REPORTED"] * 3
            assert {f.agency.code for f in files} == {"DOSVY-BMC"}
            assert len({f.number for f in files}) == 3
            first = next(f for f in files if f.form == "LAB.FISH")
            assert vault.reveal(first.identity)["name_km"] == "សុខ មករា"
            assert (first.victim.sex, first.victim.age_min, first.victim.is_child) == ("MALE", 15, "YES")
            note = Note.objects.get(case=first)
            assert "បិទ" in vault.note_text(note)
            assert note.source == "REGISTER"
        assert outside("SELECT count(*) FROM cases_historicalcase") == [(3,)]
        assert outside("SELECT count(*) FROM cases_historicalidentity") == [(3,)]
        # Found by name as any other file.
        with as_(officer):
            from cases import queries

            assert [c.pk for c in queries.find(officer, "សុខមករា")[0]] == [first.pk]

    def test_unsure_means_named_only_from_the_first_insert(self, people, as_):
        import_register(people.officer_bmc, ROWS)
        with as_(people.officer_bmc):
            hidden = Case.objects.get(named_only=True)
            assert hidden.official_involved == "UNSURE"
        with as_(people.head_bmc):
            assert access.visible_cases(people.head_bmc).count() == 2
            assert not Case.objects.filter(pk=hidden.pk).exists()

    def test_the_answer_for_all_counts_where_a_row_says_nothing(self, people, as_):
        rows = [ROWS[0][:3], ROWS[1][:3]]
        import_register(people.officer_bmc, rows, official_involved="UNSURE")
        with as_(people.officer_bmc):
            assert Case.objects.get().named_only

    def test_one_event_for_each_file_and_one_for_the_import(self, people, events):
        register = import_register(people.officer_bmc, ROWS)
        assert len(events(Kind.FILE_OPENED)) == 3
        (imported,) = events(Kind.REGISTER_IMPORTED)
        assert imported[4] == {"rows": 3, "named_only": 1}
        assert imported[2] == str(people.officer_bmc.pk)
        steps = [e[4]["step"] for e in events(Kind.REGISTER_STEP)]
        assert steps == ["MATCHED", "IMPORT_ASKED"]
        assert register.imported == 3

    def test_how_it_is_known_stands_on_the_file(self, people, outside):
        import_register(people.officer_bmc, ROWS)
        assert outside("SELECT DISTINCT source FROM audit_event WHERE kind = 'FILE_OPENED'") == [
            ("REGISTER",)
        ]

    def test_the_same_register_again_adds_nothing(self, people):
        import_register(people.officer_bmc, ROWS)
        again = make_register(people.officer_bmc, ROWS)
        assert counts(again) == {"rows": 4, "good": 0, "wrong": 1, "alike": 0, "already": 3, "imported": 0}
        with acting(people.officer_bmc.as_actor()), pytest.raises(NotNow):
            on_registers.start_import(register=again, with_alike=True, by=people.officer_bmc)

    def test_a_colleague_of_the_agency_imports_nothing_twice(self, people):
        import_register(people.officer_bmc, ROWS)
        assert make_register(people.officer_bmc_2, ROWS).already == 3

    def test_another_agency_is_not_told(self, people):
        import_register(people.ngo_hope, ROWS)
        assert make_register(people.ngo_river, ROWS).already == 0

    def test_two_rows_with_one_content_are_two_and_stay_two(self, people):
        rows = [("sex", "age"), ("F", "16"), ("F", "16"), ("F", "16")]
        assert import_register(people.officer_bmc, rows).imported == 3
        assert make_register(people.officer_bmc, [*rows, ("F", "16")]).already == 3

    def test_possible_duplicates_are_left_out_unless_asked_for(self, people, as_):
        known = make_case(by=people.officer_bmc, full=True)
        name = "សុខ ស្រីនាង"
        rows = [
            ("ឈ្មោះ", "ភេទ", "អាយុ"),
            (name, "F", "16"),
            (name, "ប្រុស", "16"),
            ("ថៃ ថ្មី", "F", "30"),
            ("ថៃ ថ្មី", "F", "31"),
        ]
        register = make_register(people.officer_bmc, rows)
        assert counts(register) | {"imported": 0} == {
            "rows": 4, "good": 2, "wrong": 0, "alike": 2, "already": 0, "imported": 0,
        }  # fmt: skip
        with as_(people.officer_bmc):
            found = {r.number: r for r in RegisterRow.objects.filter(register=register)}
            assert found[2].like_case_id == known.pk
            assert (found[3].outcome, found[3].like_case_id) == ("GOOD", None), "another sex"
            assert (found[5].outcome, found[5].like_row) == ("ALIKE", 4)
            on_registers.start_import(register=register, with_alike=False, by=people.officer_bmc)
        assert parts(register, people.officer_bmc).imported == 2

    def test_a_file_out_of_sight_makes_no_duplicate(self, people, events):
        make_case(by=people.officer_bmc, full=True)
        rows = [("ឈ្មោះ", "ភេទ", "អាយុ", "ខេត្ត"), ("សុខ ស្រីនាង", "F", "16", "បាត់ដំបង")]
        assert make_register(people.officer_btb, rows).alike == 0
        assert events(Kind.FILE_SEARCHED) == []

    def test_looking_for_duplicates_is_a_search_on_the_trail(self, people, events):
        known = make_case(by=people.officer_bmc, full=True)
        make_register(people.officer_bmc, [("ឈ្មោះ",), ("សុខ ស្រីនាង",)])
        (search,) = events(Kind.FILE_SEARCHED)
        assert search[4]["ids"] == [str(known.pk)]

    def test_words_are_asked_once_and_remembered_without_being_kept(self, people, as_, outside):
        rows = [("ឈ្មោះ", "ភេទ"), ("សុខ មករា", "ប្រុសៗ"), ("កែវ ដារ៉ា", "ប្រុសៗ")]
        officer = people.officer_bmc
        register = upload(officer, rows)
        with as_(officer):
            assert unknown.words_in(register, plan.open_plan(register)) == {"sex": {"ប្រុសៗ": ("ប្រុសៗ", 2)}}
        first = parts(match(register, officer, words={"sex": {"ប្រុសៗ": "MALE"}}), officer)
        assert first.good == 2
        second = make_register(people.officer_bmc_2, rows)
        assert second.good == 2, "the agency's next register is read in the same way"
        assert make_register(people.ngo_hope, rows).wrong == 2
        with as_(officer):
            assert RegisterMemory.objects.filter(column="sex").count() == 1
        assert "ប្រុសៗ" not in str(outside("SELECT * FROM cases_registermemory"))

    def test_columns_are_remembered_too(self, people, as_):
        officer, rows = people.officer_bmc, [("អ្វីមួយ", "ភេទ"), ("សុខ មករា", "F")]
        match(upload(officer, rows), officer, columns={0: "name"})
        with as_(people.officer_bmc_2):
            pass
        again = upload(people.officer_bmc_2, rows)
        with as_(people.officer_bmc_2):
            assert plan.open_plan(again).columns == {0: "name"}, "and the second column is left out as it was"


@pytest.mark.django_db
class TestTakingBack:
    def take_back(self, register, person):
        with acting(person.as_actor()):
            on_registers.take_back(register=register, by=person)
        return parts(register, person)

    def test_files_nobody_touched_become_void_with_a_note_and_an_event(self, people, as_, events):
        officer = people.officer_bmc
        done = self.take_back(import_register(officer, ROWS), officer)
        assert (done.status, done.taken_back, done.kept) == ("UNDONE", 3, 0)
        with as_(officer):
            assert set(Case.objects.values_list("status", flat=True)) == {"VOID"}
            assert Due.objects.exists()
            assert not Due.objects.filter(done_at=None).exists(), "nobody is reminded of what was taken back"
            assert Note.objects.filter(about="MOVE").count() == 3
        assert len(events(Kind.FILE_MOVED)) == 3
        assert events(Kind.REGISTER_UNDONE)[0][4] == {"rows": 3, "kept": 0}
        assert make_register(officer, ROWS).good == 3, "what was taken back may be imported again"

    def test_a_file_somebody_worked_on_stays_and_says_why(self, people, as_):
        officer = people.officer_bmc
        register = import_register(officer, ROWS)
        with as_(people.head_bmc):
            noted, moved = Case.objects.filter(named_only=False).order_by("number")
            access.open_case(people.head_bmc, noted.number)  # looking alone changes nothing
            actions.add_note(case=noted, text="x", by=people.head_bmc)
            actions.move(case=moved, verb="START_SCREENING", by=people.head_bmc)
        done = self.take_back(register, officer)
        assert (done.taken_back, done.kept) == (1, 2)
        with as_(officer):
            why = {number: reason for _row, number, reason in asked.kept_files(done, officer)}
            assert set(why) == {noted.number, moved.number}
            assert len(set(why.values())) == 2
            noted.refresh_from_db()
            assert noted.status == "REPORTED"

    def test_it_is_open_for_a_day_and_once(self, people, as_):
        officer = people.officer_bmc
        register = import_register(officer, ROWS)
        with as_(officer):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE cases_register SET finished_at = now() - interval '25 hours'")
            register = Register.objects.get(pk=register.pk)
            with pytest.raises(NotNow):
                on_registers.take_back(register=register, by=officer)


@pytest.mark.django_db
class TestNobodyElse:
    def test_the_rows_are_sealed_and_gone_once_they_are_files(self, people, as_, outside):
        officer = people.officer_bmc
        register = make_register(officer, ROWS)
        for table in ("cases_register", "cases_registerpart", "cases_registerrow"):
            text = "".join(
                str(bytes(v) if isinstance(v, memoryview) else v)
                for row in outside(f"SELECT * FROM {table}")
                for v in row
            )
            assert text, table
            for word in ("សុខ", "ដារ៉ា", "Dara", "ឈ្មោះ"):
                assert word not in text, table
                assert str(word.encode())[2:-1] not in text, table
        with as_(officer):
            on_registers.start_import(register=register, with_alike=False, by=officer)
        parts(register, officer)
        assert outside("SELECT count(*) FROM cases_registerpart") == [(0,)]

    def test_nothing_that_was_written_is_on_the_trail(self, people, outside):
        import_register(people.officer_bmc, ROWS)
        text = str(
            outside("SELECT kind, object_type, object_id, object_label, detail, fields FROM audit_event")
        )
        for word in ("សុខ", "ដារ៉ា", "Dara", "LAB.FISH", "បិទ"):
            assert word not in text

    @pytest.mark.parametrize("name", ["officer_bmc_2", "head_bmc", "ngo_hope", "auditor", "administrator"])
    def test_a_colleague_sees_no_row_of_it(self, people, rows, name):
        make_register(people.officer_bmc, ROWS)
        person = getattr(people, name)
        for table in ("cases_register", "cases_registerpart", "cases_registerrow"):
            assert rows(person, f"SELECT count(*) FROM {table}") == [(0,)]

    @pytest.mark.parametrize(
        "name", ["police_bmc", "reviewer", "shelter", "committee", "auditor", "nobody", "former"]
    )
    def test_who_may_not_import_is_refused(self, people, name, outside):
        with pytest.raises(Refused):
            upload(getattr(people, name), ROWS)
        assert outside("SELECT count(*) FROM cases_register") == [(0,)]

    def test_whoever_lost_the_role_meanwhile_imports_nothing(self, people, as_, outside):
        from accounts.models import Membership

        officer = people.officer_bmc
        register = make_register(officer, ROWS)
        with as_(officer):
            on_registers.start_import(register=register, with_alike=False, by=officer)
        with as_(people.administrator):
            Membership.objects.filter(person=officer).update(ends_on="2025-12-31", starts_on="2020-01-01")
        with as_(officer), pytest.raises(Refused):
            batches.step(register, officer)
        assert outside("SELECT count(*) FROM cases_case") == [(0,)]


# --- with real commits --------------------------------------------------------------------------------------


def worked(times=1000):
    for _part in range(times):
        if not work.one_part():
            return


@pytest.fixture
def big(people):
    """Several parts."""
    rows = [("alias", "age"), *((f"n{n}", str(18 + n % 50)) for n in range(600))]
    register = match(upload(people.officer_bmc, rows), people.officer_bmc)
    worked()
    with acting(people.officer_bmc.as_actor()):
        return on_registers.start_import(register=register, with_alike=True, by=people.officer_bmc)


def test_a_worker_goes_on_where_another_one_died(fresh_db, people, big, monkeypatch):
    """It dies in the middle of its second part: that part is not there, the first one is, and nothing comes twice."""
    officer, store, calls = people.officer_bmc, actions.store, []

    def dies(made):
        calls.append(len(made))
        store(made)
        if len(calls) == 2:
            raise KeyboardInterrupt  # as a killed process: nothing catches it

    monkeypatch.setattr(actions, "store", dies)
    with pytest.raises(KeyboardInterrupt):
        worked()
    monkeypatch.undo()
    with acting(officer.as_actor()):
        assert Case.objects.count() == calls[0]
    assert now(big, officer).status == "IMPORTING"
    worked()
    register = now(big, officer)
    assert (register.status, register.imported) == ("IMPORTED", 600)
    with acting(officer.as_actor()):
        assert Case.objects.count() == 600
        assert RegisterMark.objects.count() == 600
        assert len(set(Case.objects.values_list("number", flat=True))) == 600


def test_a_part_that_fails_again_and_again_stops_and_can_go_on(fresh_db, people, big, monkeypatch, caplog):
    officer = people.officer_bmc

    def breaks(*args, **kwargs):
        raise ValueError("សុខ មករា")

    monkeypatch.setattr(batches, "_make", breaks)
    worked()
    assert now(big, officer).status == "FAILED"
    assert "សុខ" not in caplog.text, "what an error quotes is not logged"
    assert "ValueError" in caplog.text
    monkeypatch.undo()
    with acting(officer.as_actor()):
        on_registers.try_again(register=now(big, officer), by=officer)
    worked()
    assert now(big, officer).status in ("IMPORTED", "CHECKED")


def test_a_row_that_the_database_refuses_does_not_stop_the_others(fresh_db, people, as_, monkeypatch):
    from django.db import DataError

    officer = people.officer_bmc
    register = match(upload(officer, ROWS), officer)
    worked()
    store = actions.store

    def refuses(made):
        if any(one.intake.forms == ("LAB.FISH",) for one in made):
            raise DataError("no")
        store(made)

    monkeypatch.setattr(actions, "store", refuses)
    with as_(officer):
        on_registers.start_import(register=register, with_alike=False, by=officer)
    worked()
    done = now(register, officer)
    assert (done.status, done.imported, done.wrong) == ("IMPORTED", 2, 2)
    with as_(officer):
        assert RegisterRow.objects.get(register=done, number=2).problems == [["", None, "NOT_TAKEN"]]


def test_two_imports_of_one_register_at_once_make_each_file_once(fresh_db, people):
    """Two colleagues, two workers, one moment."""
    asked_for = []
    for person in (people.officer_bmc, people.officer_bmc_2):
        rows = [("alias", "age"), *((f"n{n}", "20") for n in range(300))]
        register = match(upload(person, rows), person)
        worked()
        asked_for.append((register, person))
    for register, person in asked_for:
        with acting(person.as_actor()):
            on_registers.start_import(register=now(register, person), with_alike=True, by=person)

    def one_worker():
        try:
            worked()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one_worker) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [now(register, person) for register, person in asked_for]
    assert [one.status for one in done] == ["IMPORTED", "IMPORTED"]
    assert sum(one.imported for one in done) == 300
    with acting(people.officer_bmc.as_actor()):
        assert Case.objects.count() == 300


@pytest.mark.asvs("14.2.7")
def test_what_nobody_used_for_a_day_is_deleted(fresh_db, people, as_):
    from audit.context import system

    officer = people.officer_bmc
    old, young = make_register(officer, ROWS), make_register(officer, ROWS)
    with as_(officer), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_register SET expires_at = now() - interval '1 hour' WHERE id = %s", [old.pk]
        )
    with acting(system("expiry")):
        assert work.forget_expired() == 1
    with as_(officer):
        assert set(RegisterPart.objects.values_list("register", flat=True)) == {young.pk}
        assert set(RegisterRow.objects.values_list("register", flat=True)) == {young.pk}
        assert Register.objects.get(pk=old.pk).plan_sealed is None
