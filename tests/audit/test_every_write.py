"""The gap matrix: however a record is written, its history gets exactly the rows it should.

What is not covered, plainly: whoever may run SQL of their own choice inside the site's session can name another
actor (`test_hostile_sql_...`), and the owner of the tables or a superuser can switch triggers off. The
second wall and the trail stop forgotten filters and unlogged writes; the seal, outside the database, is for the rest.
"""

import datetime
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from accounts.models import Agency, Membership, User
from audit.context import NoActor, acting, system
from audit.kinds import Kind
from audit.record import Happening, Thing, record
from cases import actions
from cases.models import FactAnswer, Note
from tests.factories import make_case

DAY = datetime.date(2026, 1, 5)


@pytest.fixture
def written(outside):
    """`written(table)`: the kinds of history rows added since the last call."""
    seen = {}

    def ask(table):
        rows = outside(
            f"SELECT history_id, history_type, history_actor, layout FROM {table} ORDER BY history_id"
        )
        new = rows[seen.get(table, 0) :]
        seen[table] = len(rows)
        assert all(actor for _id, _type, actor, _layout in new)
        assert {layout for *_rest, layout in new} <= {1, 2, 3}
        return "".join(kind for _id, kind, _actor, _layout in new)

    return ask


def memberships(people, number):
    agency = Agency.objects.get(code="NGO-RIVER")
    return [
        Membership(person=person, agency=agency, role="NGO_WORKER", starts_on=DAY)
        for person in (people.nobody, people.analyst, people.shelter, people.committee)[:number]
    ]


class TestOfAMembership:
    TABLE = "accounts_historicalmembership"

    @pytest.fixture(autouse=True)
    def _as_administrator(self, people, as_, written):
        self.people, self.written = people, lambda: written(self.TABLE)
        self.written()
        with as_(people.administrator):
            self.one = memberships(people, 1)[0]
            self.one.save(force_insert=True)
            yield

    def test_insert(self):
        assert self.written() == "+"

    def test_save(self):
        self.one.ends_on = DAY
        self.one.save()
        assert self.written() == "+~"

    def test_save_without_a_change(self):
        self.one.save()
        assert self.written() == "+"

    def test_save_with_an_expression(self):
        self.one.ends_on = F("starts_on")
        self.one.save()
        assert self.written() == "+~"

    def test_save_that_asks_the_package_to_look_away(self):
        self.one.ends_on = DAY
        self.one.skip_history_when_saving = True
        self.one.save()
        assert self.written() == "+~"

    def test_update_of_a_queryset(self):
        Membership.objects.filter(pk=self.one.pk).update(ends_on=DAY)
        assert self.written() == "+~"

    def test_update_that_changes_nothing(self):
        Membership.objects.filter(pk=self.one.pk).update(role="NGO_WORKER")
        assert self.written() == "+"

    def test_bulk_create_and_bulk_update(self):
        more = memberships(self.people, 4)[1:]
        Membership.objects.bulk_create(more)
        assert self.written() == "++++"
        for each in more:
            each.ends_on = DAY + datetime.timedelta(days=30)
        Membership.objects.bulk_update(more, ["ends_on"])
        assert self.written() == "~~~"

    def test_raw_sql(self):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_membership SET ends_on = starts_on WHERE id = %s", [self.one.pk])
        assert self.written() == "+~"

    def test_a_rolled_back_write_leaves_nothing(self):
        def halfway():
            self.one.ends_on = DAY
            self.one.save()
            assert self.written() == "+~"
            raise RuntimeError("halfway")

        with pytest.raises(RuntimeError, match="halfway"), transaction.atomic():
            halfway()
        assert Membership.history.filter(id=self.one.pk).count() == 1


class TestOfAnAnswerInAFile:
    """Rows that the site may delete: the whole row stays in the history."""

    TABLE = "cases_historicalfactanswer"

    @pytest.fixture(autouse=True)
    def _as_officer(self, people, as_, written):
        case = make_case(by=people.officer_bmc, full=True)
        self.written = lambda: written(self.TABLE)
        self.before = self.written()
        with as_(people.officer_bmc):
            self.answers = FactAnswer.objects.filter(case=case)
            yield

    def test_what_was_there(self):
        assert self.before == "+" * 5

    def test_delete_of_one(self):
        self.answers.order_by("pk").first().delete()
        assert self.written() == "-"

    def test_delete_of_a_queryset(self):
        self.answers.delete()
        assert self.written() == "-" * 5

    def test_raw_delete(self):
        self.answers._raw_delete("default")
        assert self.written() == "-" * 5


def test_a_hash_covers_the_row(people, outside, as_):
    with as_(people.administrator):
        one = memberships(people, 1)[0]
        one.save(force_insert=True)
    (kept,) = outside("SELECT content_hash FROM accounts_historicalmembership WHERE id = %s", [one.pk])[0]
    # What `layout` 1 hashes stands in the trigger itself, in the order of the migration that made it.
    (body,) = outside("SELECT prosrc FROM pg_proc WHERE proname = 'accounts_membership_history'")[0]
    hashed = re.findall(r'r\."(\w+)"', body.split("json_build_array")[1])
    assert set(hashed) == {field.column for field in Membership._meta.concrete_fields}
    columns = ", ".join(f'h."{column}"' for column in hashed)
    (again,) = outside(
        f"SELECT sha256(convert_to(json_build_array(h.layout, 'INSERT', h.history_date, h.history_actor, "
        f"{columns})::text, 'UTF8')) FROM accounts_historicalmembership h WHERE h.id = %s",
        [one.pk],
    )[0]
    assert bytes(kept) == bytes(again)


# --- without an actor ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda one: one.save(force_insert=True),
        lambda one: one.save(),
        lambda one: one.delete(),
        lambda one: Membership.objects.bulk_create([one]),
        lambda one: Membership.objects.bulk_update([one], ["ends_on"]),
        lambda one: Membership.objects.filter(pk=one.pk).update(ends_on=DAY),
        lambda one: Membership.objects.filter(pk=one.pk).delete(),
        lambda one: Membership.objects.filter(pk=one.pk)._raw_delete("default"),
    ],
    ids=["insert", "save", "delete", "bulk_create", "bulk_update", "update", "delete_all", "raw_delete"],
)
def test_nobody_writes_through_the_first_wall(people, as_, write):
    with as_(people.administrator):
        one = memberships(people, 1)[0]
    with pytest.raises(NoActor):
        write(one)


def test_nobody_writes_past_the_first_wall(people):
    """A table without row-level security, raw SQL: the trigger itself refuses."""
    with pytest.raises(DatabaseError, match="no actor"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET full_name_latin = 'x' WHERE id = %s", [people.nobody.pk])


def test_nobody_sees_what_raw_sql_would_change(people):
    """Behind row-level security there is nothing to change for nobody."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_agency SET is_active = false")
        assert cursor.rowcount == 0


def test_nobody_goes_on_the_trail_anonymously(people):
    with pytest.raises(NoActor):
        record(Kind.FILE_READ, Thing(type="case"))
    with pytest.raises(DatabaseError, match="no actor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_record(gen_random_uuid(), 'SIGN_IN', 'OK', 'session', '', '', NULL, NULL::smallint, "
            "'{}'::text[], '{}'::jsonb, NULL::date, 'DAY', '', '')"
        )


def test_an_actor_who_does_not_exist_is_refused(db):
    with (
        pytest.raises(DatabaseError, match="nobody has this id"),
        acting(type(system("demo"))(id="00000000-0000-0000-0000-000000000000")),
    ):
        pass


def test_hostile_sql_can_name_another_actor_but_not_write_unseen(people, as_, outside, written):
    """The limit of the second wall, written down: it believes the session. What it writes it still writes."""
    written("accounts_historicaluser")
    with as_(people.officer_bmc), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', %s, true)", [str(people.head_bmc.pk)])
        cursor.execute("UPDATE accounts_user SET full_name_latin = 'x' WHERE id = %s", [people.nobody.pk])
    assert written("accounts_historicaluser") == "~"
    (actor,) = outside("SELECT history_actor FROM accounts_historicaluser ORDER BY history_id DESC LIMIT 1")[
        0
    ]
    assert actor == str(people.head_bmc.pk)


# --- no trail, no change ------------------------------------------------------------------------------------


def test_an_act_whose_event_fails_changes_nothing(people, as_, outside):
    """The event's column for a source is shorter than the note's: the event fails, and takes the note along."""
    case = make_case(by=people.officer_bmc)
    before = len(outside("SELECT id FROM cases_note"))
    with pytest.raises(DatabaseError, match="too long"), as_(people.officer_bmc):
        actions.add_note(
            case=case, text="never kept", by=people.officer_bmc, happening=Happening(source="X" * 36)
        )
    assert len(outside("SELECT id FROM cases_note")) == before
    assert outside("SELECT * FROM cases_historicalnote WHERE source = %s", ["X" * 36]) == []
    with as_(people.officer_bmc):
        assert Note.objects.filter(case=case).count() == before
        assert User.objects.filter(pk=people.officer_bmc.pk).exists()
