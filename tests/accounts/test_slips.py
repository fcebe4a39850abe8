"""Slips: a code on paper works once, for its person, for a week; nothing tells a stranger which of these failed."""

import datetime
import re
import threading
import time

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Membership, Slip, User
from accounts.refusals import Refused
from accounts.roles import Role
from audit.context import acting
from tests.people import PASSWORD

NEW = "four words make one"
DOOR = "/sign-in/slip/"


def printed(person, by):
    with acting(by.as_actor()):
        return actions.print_slip(person=person, by=by)


def use(name, code, password=NEW, again=None):
    return Client().post(
        DOOR,
        {
            "login": name,
            "code": code,
            "password1": password,
            "password2": password if again is None else again,
        },
    )


def may_sign_in(name, password):
    answer = Client().post("/sign-in/", {"login": name, "password": password})
    return answer.status_code == 302


@pytest.mark.asvs("6.4.1", "6.4.6")
@pytest.mark.django_db
def test_a_new_colleague_chooses_a_password_with_the_slip(people, client_of, events):
    page = client_of(people.head_bmc).post(reverse("place:person_slip", args=[people.officer_bmc.pk]))
    (code,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page.content.decode())
    answer = use("Officer_BMC", code.lower().replace("-", " "))
    assert answer["Location"] == "/sign-in/"
    assert may_sign_in("officer_bmc", NEW)
    assert not may_sign_in("officer_bmc", PASSWORD)
    assert [event[2] for event in events("SLIP_PRINTED")] == [str(people.head_bmc.pk)]
    assert [event[2] for event in events("SLIP_USED")] == [str(people.officer_bmc.pk)]
    assert code.replace("-", "") not in str(events())


@pytest.mark.asvs("6.4.6")
@pytest.mark.django_db
def test_the_code_is_kept_nowhere(people, outside):
    code = printed(people.officer_bmc, people.administrator).code
    for table in ("accounts_slip", "audit_event", "desk_once", "desk_draft"):
        for shape in (code, code.replace("-", "")):
            assert outside(f"SELECT 1 FROM {table} t WHERE t::text LIKE %s", [f"%{shape}%"]) == []
    assert outside("SELECT code_hash LIKE 'argon2%%' FROM accounts_slip") == [(True,)]


@pytest.mark.django_db
def test_whatever_is_wrong_gets_one_answer(people, as_):
    """Unknown name, wrong code, used, replaced, expired, closed: word for word the same page but for what was typed."""
    used = printed(people.officer_bmc, people.administrator).code
    assert use("officer_bmc", used).status_code == 302
    replaced = printed(people.officer_btb, people.administrator).code
    printed(people.officer_btb, people.administrator)
    closed = printed(people.officer_bmc_2, people.administrator).code
    with as_(people.administrator):
        actions.disable_person(person=people.officer_bmc_2, by=people.administrator)
    printed(people.shelter, people.administrator)
    tries = [
        ("nobody.at.all", used),
        ("officer_bmc", used),
        ("officer_btb", replaced),
        ("officer_bmc_2", closed),
        ("shelter", used),
        ("nul\x00byte", used),
    ]
    pages = set()
    for name, code in tries:
        answer = use(name, code)
        assert answer.status_code == 200, name
        pages.add(str(answer.context["form"].errors.as_json()))
    assert len(pages) == 2  # a sign that cannot be stored is told by its field, before anybody is looked for
    for name in ("officer_btb", "shelter"):
        assert may_sign_in(name, PASSWORD)


@pytest.mark.asvs("6.4.1")
@pytest.mark.django_db
def test_an_expired_slip_opens_nothing(people):
    code = printed(people.officer_bmc, people.administrator).code
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7, minutes=1)):
        assert use("officer_bmc", code).status_code == 200
    assert may_sign_in("officer_bmc", PASSWORD)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=6, hours=23)):
        assert use("officer_bmc", code).status_code == 302


@pytest.mark.django_db
def test_a_failed_try_is_on_the_trail_without_what_was_typed(people, outside):
    use("officer_bmc", "WRNG-WRNG-WRNG")
    use("somebody.else", "WRNG-WRNG-WRNG")
    found = outside(
        "SELECT object_label, detail::jsonb ->> 'why' FROM audit_event WHERE kind = 'SIGN_IN_FAILED' ORDER BY seq"
    )
    assert found == [("officer_bmc", "SLIP"), ("", "SLIP")]
    assert (
        outside(
            "SELECT 1 FROM audit_event e WHERE e::text ILIKE '%%WRNG%%' OR e::text LIKE '%%somebody.else%%'"
        )
        == []
    )


@pytest.mark.django_db
def test_too_many_tries_for_one_name_close_the_door(people):
    code = printed(people.officer_bmc, people.administrator).code
    for _number in range(5):
        assert use("officer_bmc", "WRNG-WRNG-WRNG").status_code == 200
    assert use("OFFICER_bmc", code).status_code == 429
    assert Client().post(DOOR, {"login": "officer_btb", "code": "x"}).status_code == 200


@pytest.mark.django_db
def test_a_weak_password_is_refused_before_the_code_is_looked_at(people):
    code = printed(people.officer_bmc, people.administrator).code
    for password, again in (("short", "short"), ("passwordpassword", "passwordpassword2"), (NEW, NEW + "x")):
        answer = use("officer_bmc", code, password, again)
        assert answer.status_code == 200
        assert not answer.context["form"].non_field_errors()
        assert password not in answer.content.decode()
    assert use("officer_bmc", code).status_code == 302


@pytest.mark.django_db
def test_a_slip_ends_every_session_of_before(people, client_of):
    session = client_of(people.officer_bmc)
    code = printed(people.officer_bmc, people.administrator).code
    assert session.get("/files/").status_code == 200
    assert use("officer_bmc", code).status_code == 302
    assert session.get("/files/").status_code == 302


@pytest.mark.django_db
def test_a_head_prints_for_who_has_never_signed_in(people, as_, client_of):
    """Whoever holds a slip opens all that its person sees: for a colleague at work, only an administrator prints."""
    where = reverse("place:person_slip", args=[people.officer_bmc.pk])
    assert client_of(people.head_bmc).post(where).status_code == 200
    with as_(people.administrator):
        User.objects.filter(pk=people.officer_bmc.pk).update(last_login=timezone.now())
    assert client_of(people.head_bmc).post(where).status_code == 403
    assert client_of(people.administrator).post(where).status_code == 200


@pytest.mark.django_db
def test_nobody_prints_their_own_slip_or_one_for_a_closed_account(people, as_):
    with as_(people.administrator):
        for person in (people.administrator, people.disabled):
            with pytest.raises(Refused):
                actions.print_slip(person=person, by=people.administrator)
        assert not Slip.objects.exists()


@pytest.mark.django_db
def test_who_may_not_look_after_people_prints_nothing(people, as_):
    for person in (people.officer_bmc, people.auditor, people.desk_1, people.reviewer, people.ngo_hope):
        with as_(person), pytest.raises(Refused):
            actions.print_slip(person=people.officer_bmc_2, by=person)


@pytest.mark.django_db
def test_the_slip_is_in_khmer_whatever_the_page_is_in(people, client_of):
    client = client_of(people.administrator)
    client.cookies["django_language"] = "en"
    page = client.post(reverse("place:person_slip", args=[people.officer_bmc.pk])).content.decode()
    slip = page[
        page.index('<section class="k-slip"') : page.index(
            "</section>", page.index('<section class="k-slip"')
        )
    ]
    assert "មនុស្ស officer_bmc" in slip
    assert "Tear up" not in slip


def test_of_two_who_use_a_slip_at_once_one_does(fresh_db, people):
    code = printed(people.officer_bmc, people.administrator).code
    answers = at_once(
        lambda: use("officer_bmc", code, "the first of the two").status_code,
        lambda: use("officer_bmc", code, "the second of two").status_code,
    )
    assert sorted(answers) == [200, 302]


def test_two_administrators_who_end_each_other_at_once_leave_one(fresh_db, people, hire):
    hire(people.nobody, "OFFICE", Role.ADMINISTRATOR)
    first, second = people.administrator, people.nobody

    def end(by, whom):
        post = Membership.objects.get(person=whom, role=Role.ADMINISTRATOR)
        actions.end_membership(membership=post, at_once=True, by=by)

    assert overlapping((first, end, second), (second, end, first)) == ["done", "refused"]
    with acting(people.auditor.as_actor()):
        assert Membership.objects.live().filter(role=Role.ADMINISTRATOR).count() == 1


def test_two_administrators_who_close_each_other_at_once_leave_one(fresh_db, people, hire):
    hire(people.nobody, "OFFICE", Role.ADMINISTRATOR)
    first, second = people.administrator, people.nobody

    def close(by, whom):
        actions.disable_person(person=whom, by=by)

    assert overlapping((first, close, second), (second, close, first)) == ["done", "refused"]
    assert User.objects.filter(pk__in=[first.pk, second.pk], is_active=True).count() == 1


#: Whether somebody stands still at a lock that this connection holds.
SOMEBODY_WAITS = "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def overlapping(first, second):
    """Two acts, (by, what, whom) each, of which the first has done all and is not committed while the second does
    the same: until that one stands still at a lock of the first, or is through. What came of each."""
    has_acted, is_through, answers = threading.Event(), threading.Event(), ["", ""]

    def wait_for_the_other():
        has_acted.set()
        until = time.monotonic() + 10
        while not is_through.is_set() and time.monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_stat_clear_snapshot()"
                )  # else the first look stands for the transaction
                cursor.execute(SOMEBODY_WAITS)
                if cursor.fetchone():
                    return
            time.sleep(0.02)

    def run(number, by, act, whom):
        if number == 1:
            has_acted.wait(10)
        try:
            with acting(by.as_actor()):
                act(by, whom)
                if number == 0:
                    wait_for_the_other()
            answers[number] = "done"
        except Refused:
            answers[number] = "refused"
        finally:
            (has_acted if number == 0 else is_through).set()
            connection.close()

    threads = [threading.Thread(target=run, args=[n, *one]) for n, one in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def at_once(*acts):
    """Let both run side by side, each with a connection of its own; what they gave."""
    together, answers = threading.Barrier(len(acts)), []

    def run(act):
        together.wait()
        try:
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- the own account


@pytest.mark.django_db
def test_the_own_password_changes_with_the_old_one_alone(people, client_of, events):
    here, elsewhere = client_of(people.officer_bmc), client_of(people.officer_bmc)
    wrong = here.post("/account/", {"oldpassword": "not it", "password1": NEW, "password2": NEW})
    assert wrong.status_code == 200
    assert "oldpassword" in wrong.context["form"].errors
    assert elsewhere.get("/files/").status_code == 200
    right = here.post("/account/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert right["Location"] == "/account/"
    assert here.get("/files/").status_code == 200
    assert elsewhere.get("/files/").status_code == 302
    assert may_sign_in("officer_bmc", NEW)
    assert len(events("PASSWORD_CHANGED")) == 1


@pytest.mark.django_db
def test_an_old_password_is_not_guessed_for_long(people, client_of):
    client = client_of(people.officer_bmc)
    for _number in range(5):
        assert client.post("/account/", {"oldpassword": "no"}).status_code == 200
    assert client.post("/account/", {"oldpassword": PASSWORD}).status_code == 429


@pytest.mark.django_db
def test_other_sessions_end_and_this_one_goes_on(people, client_of, events):
    here, elsewhere = client_of(people.officer_bmc), client_of(people.officer_bmc)
    other = client_of(people.officer_btb)
    assert here.post("/account/sessions/").status_code == 302
    assert here.get("/files/").status_code == 200
    assert elsewhere.get("/files/").status_code == 302
    assert other.get("/files/").status_code == 200
    assert len(events("SESSIONS_ENDED")) == 1
