"""Files that came by COPY are what the actions would have written, told on the trail and seen by the same people."""

import datetime
import os
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from accounts.models import SubjectKey
from audit.context import acting, system
from audit.models import Event
from cases import numbers, vault
from cases.models import Case, CaseAgencyGrant, CaseScope, Note
from cases.states import Status
from config.demo import files, load, paths, people, referrals
from config.demo.intakes import Map, intake
from config.demo.many import asking, crowd, notes
from config.demo.many.calendar import Calendar
from config.demo.many.days import Days
from config.demo.many.rows import TABLES
from config.demo.plans import one_of_many
from desk.models import Due
from referrals import vault as packets
from referrals.models import Referral, ReferralService, ReferralStep

from .. import ground
from .conftest import at, make_room

LOOSE = {
    "id", "number", "case", "case_id", "victim", "created_at", "referral", "consent", "content_object", "because",
}  # fmt: skip
SECRET = {
    "summary_sealed": vault.summary,
    "alias_sealed": vault.alias,
    "account_sealed": vault.account,
    "reasons_sealed": vault.reasons,
    "text_sealed": vault.note_text,
    "sealed": vault.reveal,
}
SECRET_OF = {
    Referral: {
        "summary_sealed": packets.summary,
        "justification_sealed": packets.justification,
    },
    ReferralStep: {"words_sealed": lambda step: packets.words(step, step.referral)},
}


@pytest.fixture
def loader(demo):
    """As the role that loads, in a transaction that is undone."""
    with ground.connected("loader"), acting(system("demo")), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people_alone(clones, django_db_setup, django_db_blocker, monkeypatch):
    """A database with the people and no file, also for a process of its own that reads the environment."""
    name = clones.new()
    given = urlsplit(os.environ["DATABASE_URL_LOADER"])
    with django_db_blocker.unblock(), at(name), ground.connected("loader"):
        make_room()
        with load.clock(load.last_evening()), transaction.atomic():
            people.make(since=datetime.date(2020, 1, 1), seed=7)
        monkeypatch.setenv("KARPEA_ROLE", "loader")
        monkeypatch.setenv("DATABASE_URL_LOADER", given._replace(path=f"/{name}").geturl())
        yield name
    clones.drop(name)


def plans(number):
    until = load.last_evening()
    made = [one_of_many(index, seed=5, until=until, days=load.DAYS) for index in range(number)]
    return until, made


def told(record):
    values = {}
    for field in record._meta.concrete_fields:
        secret = SECRET_OF.get(type(record), SECRET)
        if field.name in secret:
            values[field.name] = secret[field.name](record) if getattr(record, field.attname) else None
        elif field.name not in LOOSE:
            values[field.name] = str(getattr(record, field.attname))
    values.pop("key", None)  # equal only where the names are: compared as the kinds
    return tuple(sorted(values.items(), key=str))


def all_of(case):
    """Every record of a file and every act on it, without what differs between any two files."""
    found = {}
    for model in (*TABLES, Note):
        rows = model.objects.filter(subject=case.pk) if model is SubjectKey else model.objects
        rows = (
            rows
            if model is SubjectKey
            else rows.filter(**({"pk": case.pk} if model is Case else {"case": case}))
        )
        skip = ("subject", "wrapped") if model is SubjectKey else ()
        found[model.__name__] = Counter(
            str([pair for pair in told(row) if pair[0] not in skip]) for row in rows.order_by("pk")
        )
    rows = {
        Referral: Referral.objects.filter(case=case),
        ReferralService: ReferralService.objects.filter(referral__case=case),
        ReferralStep: ReferralStep.objects.filter(case=case),
        CaseAgencyGrant: CaseAgencyGrant.objects.filter(content_object=case),
    }
    for model, mine in rows.items():
        found[model.__name__] = Counter(str(told(row)) for row in mine.order_by("pk"))
    asked = [str(pk) for pk in rows[Referral].values_list("pk", flat=True)]
    found["keys of referrals"] = SubjectKey.objects.filter(kind="REFERRAL", subject__in=asked).count()
    found["due"] = Counter(
        Due.objects.filter(case_id=case.pk).values_list(
            "kind", "step", "occurrence", "policy", "level", "is_child", "named_only", "province", "agency", "worker",
            "since", "remind_at", "due_at", "escalate_at", "next_at", "stage", "done_at",
        )
    )  # fmt: skip
    found["scope"] = Counter(
        CaseScope.objects.filter(case=case).values_list("principal", "sections", "until")
    )
    found["acts"] = Counter(
        str((e.kind, e.result, e.actor_name, e.actor_agency, e.actor_role, e.object_type, e.province, e.fields,
             {k: v for k, v in e.detail.items() if k not in ("note", "because")}, e.happened_on, e.precision,
             e.done_by, e.source))
        for e in Event.objects.filter(case_id=case.pk).order_by("pk")
    )  # fmt: skip
    return found


def history_of(case):
    """The states it went through. An action that writes a file in two goes leaves two equal ones: told once."""
    rows = Case.history.filter(id=case.pk).order_by("history_id")
    found = [list(dict.fromkeys(rows.values_list("status", "version", "history_actor")))]
    for referral in Referral.objects.filter(case=case).order_by("submitted_at", "to_agency__code"):
        rows = Referral.history.filter(id=referral.pk).order_by("history_id")
        found.append(list(dict.fromkeys(rows.values_list("status", "version", "history_actor"))))
        services = ReferralService.history.filter(referral=referral.pk)
        found.append(Counter(services.values_list("code", "history_type", "history_actor")))
    grants = CaseAgencyGrant.history.filter(content_object=case.pk)
    found.append(Counter(grants.values_list("history_type", "history_actor", "valid_until", "sections")))
    return found


@pytest.mark.usefixtures("loader")
def test_a_file_that_came_by_copy_is_the_file_that_the_actions_make():
    until, made = plans(60)
    places, cast = Map.read(), crowd.cast_of()
    days = Days(cast, places, until=until)
    days.write([(0, plan) for plan in made])
    for step in range(1, notes.FIRST):
        days.write([(step, plan) for plan in made if len(plan.way) >= step])
    with load.clock(made[0].opened_at) as ours:
        for plan in made:
            file = files.File(plan, intake(plan, places))
            load.play(
                [one for one in files.steps(file, until=until) if one.order in (0, 2)], cast, ours, say=str
            )
            copied = Case.objects.get(pk=days.ids[plan.index])
            left, right = all_of(copied), all_of(file.there)
            assert {k: (left[k] - right[k], right[k] - left[k]) for k in left if left[k] != right[k]} == {}, (
                plan.seed
            )
            assert history_of(copied) == history_of(file.there), plan


@pytest.mark.usefixtures("loader")
def test_a_referral_that_came_by_copy_is_the_referral_that_the_actions_make():
    until = load.last_evening()
    made = [
        plan
        for plan in (one_of_many(index, seed=5, until=until, days=load.DAYS) for index in range(60))
        if asking.wishes(plan, until)
    ]
    assert {act for plan in made for wish in asking.wishes(plan, until) for act in wish.acts} == {
        *referrals.SIDES
    }
    places, cast = Map.read(), crowd.cast_of()
    days = Days(cast, places, until=until)
    days.write([(0, plan) for plan in made])
    under_way = dict(days.files)
    for step in range(1, notes.FIRST):
        days.write([(step, plan) for plan in made if len(plan.way) >= step])
    for act in range(asking.A_REFERRAL):
        steps = [(step, plan) for plan in made for step, _at in asking.steps(plan, until)]
        due = [one for one in steps if (one[0] - asking.FIRST) % asking.A_REFERRAL == act]
        days.write(due)
    referred = 0
    with load.clock(made[0].opened_at) as ours:
        for plan in made:
            file = files.File(plan, intake(plan, places))
            story = [one for one in files.steps(file, until=until) if one.order in (0, 2)]
            for one in under_way[plan.index].referred.values():
                story += referrals.steps_of(referrals.Going(one.asked, file))
                referred += 1
            load.play(story, cast, ours, say=str)
            copied = Case.objects.get(pk=days.ids[plan.index])
            left, right = all_of(copied), all_of(file.there)
            assert {k: (left[k], right[k]) for k in left if left[k] != right[k]} == {}, plan.seed
            assert history_of(copied) == history_of(file.there), plan
    assert referred > len(made) * 0.7


def test_files_are_referred_as_often_and_with_the_ends_that_the_stories_have():
    until, made = plans(4000)
    found = Counter(len(wish.acts) and wish.acts[-1] for plan in made for wish in asking.wishes(plan, until))
    # One in eight never agreed to anything: their wishes come to nothing (many/days.py).
    assert abs(sum(found.values()) * 0.88 / 4000 - 0.4) < 0.03
    ends = {"COMPLETED": "complete", "IN_SERVICE": "start_service", "DECLINED": "decline", "SUBMITTED": 0}
    for status, act in ends.items():
        assert abs(found[act] / sum(found.values()) - referrals.SHARES[status] / 100) < 0.04, status


@pytest.mark.usefixtures("loader")
def test_the_notes_of_a_file_are_on_it_and_on_the_trail_on_the_day_they_were_written():
    until, made = plans(60)
    places, cast = Map.read(), crowd.cast_of()
    days = Days(cast, places, until=until)
    days.write([(0, plan) for plan in made])
    due = [(step, plan, at) for plan in made for step, at in notes.times(plan, until)]
    assert len(due) > 20
    days.write([(step, plan) for step, plan, _at in due])
    for plan in made:
        case = Case.objects.get(pk=days.ids[plan.index])
        mine = [at for _step, of, at in due if of is plan]
        kept = Note.objects.filter(case=case).order_by("recorded_at", "pk")
        assert [note.recorded_at for note in kept] == sorted(mine)
        assert all(vault.note_text(note) and note.happened_on <= note.recorded_at.date() for note in kept)
        assert Event.objects.filter(case_id=case.pk, kind="NOTE_ADDED").count() == len(mine)


def test_a_calendar_holds_every_step_in_its_order_and_each_file_once():
    until, days = load.last_evening(), load.DAYS
    halves = [share.letters for share in crowd.shares(400, seed=3, processes=2)]
    assert halves[0] | halves[1] == {*files.HEAD_OF}
    assert not halves[0] & halves[1]
    opened = []
    for letters in halves:
        calendar = Calendar(seed=3, until=until, days=days)
        calendar.fill(range(100, 500), letters)
        reached = {}
        for steps in calendar.days():
            for step, plan in steps:
                if step < notes.FIRST:
                    assert reached.get(plan.index, -1) == step - 1
                    reached[plan.index] = step
                else:
                    assert plan.index in reached
        opened += [index for index, last in reached.items() if last == len(calendar.plan(index).way)]
    assert sorted(opened) == list(range(100, 500))


def test_the_shares_of_states_are_those_of_the_stories():
    _until, made = plans(4000)
    found = Counter(plan.target for plan in made)
    for status in (Status.NO_INDICATORS, Status.CLOSED, Status.SERVICES, Status.FOLLOW_UP):
        assert abs(found[status] / 4000 - paths.SHARES[status] / 1000) < 0.03, status


@pytest.mark.usefixtures("people_alone")
def test_many_files_at_once_by_two_processes():
    said = []
    rows = crowd.load(60, seed=9, processes=2, say=said.append)
    assert said[-1].startswith("[##############################] 100%  60 of 60 files")
    with acting(system("demo")), connection.cursor() as cursor:
        cursor.execute("SELECT number, created_at, province_id FROM cases_case ORDER BY number")
        found = cursor.fetchall()
        cursor.execute("SELECT current_setting('app.now', true)")
        assert not cursor.fetchone()[0]
    assert len(found) == 60
    assert rows > 60 * 30
    for number, created_at, province in found:
        _letters, year, counter, check = number.split("-")
        assert int(check) == numbers.check_digit(f"{province:02d}{year}{counter}")
        assert created_at.astimezone(datetime.UTC).year in (int(year), int(year) - 1)


def test_a_bar_says_how_far_and_how_long():
    assert crowd.bar(0, 10, 0) == f"[{'-' * 30}]   0%  0 of 10 files"
    assert "50%  5 of 10 files, about 1 minutes left" in crowd.bar(5, 10, 60)
    assert crowd.bar(10, 10, 60).endswith("100%  10 of 10 files")
