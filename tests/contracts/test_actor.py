"""Who acts is known in every statement and forgotten after every request.

Requests of many people share one kept connection; a failed one leaves nothing behind but its event.
"""

import re
import sys
import threading

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from accounts.refusals import Refused
from audit.context import Actor, NoActor, acting, become, current_actor, system
from cases.models import Case
from config import urls
from tests.factories import make_case

CONTEXT = "SELECT current_setting('app.actor', true), current_setting('app.principals', true)"


def context():
    with connection.cursor() as cursor:
        cursor.execute(CONTEXT)
        return tuple(value or "" for value in cursor.fetchone())


@pytest.mark.django_db
def test_nested_actors_come_back_in_order(people):
    officer = people.officer_bmc
    with acting(system("reminder")):
        with acting(officer.as_actor()):
            assert context()[0] == str(officer.pk)
            with become(people.reviewer.as_actor()):
                assert context()[0] == str(people.reviewer.pk)
            assert context()[0] == str(officer.pk)
        assert context()[0] == "system:reminder"
        assert current_actor().id == "system:reminder"
    assert context()[0] == ""
    assert current_actor() is None


@pytest.mark.django_db
def test_a_block_that_fails_gives_the_actor_back(people):
    with acting(system("reminder")):
        with pytest.raises(ZeroDivisionError), acting(people.officer_bmc.as_actor()):
            raise ZeroDivisionError
        assert context()[0] == "system:reminder"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who", ["nobody-at-all", "00000000-0000-0000-0000-000000000000", "system:", "SYSTEM:x"]
)
def test_nobody_else_can_act(who):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), acting(Actor(id=who)):
        pass


def test_only_named_parts_of_the_system_act():
    with pytest.raises(ValueError, match="no system actor"):
        system("root")


def test_interleaved_requests_on_a_kept_connection_leave_no_actor(fresh_db, people, client_of):
    """Ten people, ten rounds, one connection: each sees their own, and after each nobody is acting."""
    case = make_case(by=people.officer_bmc)
    names = (
        "officer_bmc",
        "officer_btb",
        "reviewer",
        "ngo_hope",
        "auditor",
        "desk_1",
        "police_bmc",
        "committee",
        "shelter",
    )
    clients = {name: client_of(getattr(people, name)) for name in names} | {"stranger": Client()}
    sees = {"officer_bmc", "reviewer", "committee"}
    pids = set()
    for round_ in range(10):
        for name in sorted(clients, key=lambda name, turn=round_: hash((name, turn))):
            answer = clients[name].get(f"/files/{case.number}/")
            assert answer.status_code == (302 if name == "stranger" else 200 if name in sees else 404), name
            assert context()[0] == "", f"after {name}'s request somebody is still acting"
            assert context()[1] in ("", "{}")
            pids.add(connection.connection.info.backend_pid)
            with pytest.raises(NoActor):
                Case.objects.count()
    assert len(pids) == 1, "the test wants one connection that is kept"


def test_people_at_the_same_time_do_not_mix(fresh_db, people, client_of):
    one, other = make_case(by=people.officer_bmc), make_case(by=people.officer_btb)
    wrong = []

    def ask(name, mine, theirs):
        client = clients[name]
        for _turn in range(8):
            statuses = [
                client.get(f"/files/{number}/").status_code for number in (mine.number, theirs.number)
            ]
            if statuses != [200, 404]:
                wrong.append((name, statuses))
        connections.close_all()

    clients = {name: client_of(getattr(people, name)) for name in ("officer_bmc", "officer_btb")}
    threads = [
        threading.Thread(target=ask, args=args)
        for args in (("officer_bmc", one, other), ("officer_btb", other, one))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- what a request leaves behind ---------------------------------------------------------------------------


@pytest.fixture
def extra_pages(settings, monkeypatch):
    """A few pages that go wrong in their own way, beside the real ones."""
    from types import ModuleType

    from django.urls import path

    def half_saved(request):
        make_case(by=request.user)
        raise RuntimeError("in the middle")

    def answers_500(request):
        from django.http import HttpResponse

        make_case(by=request.user)
        return HttpResponse(status=500)

    def refused(request):
        make_case(by=request.user)
        raise Refused("No.", code="a_rule", label="BMC-2026-00001-1")

    module = ModuleType("extra_urls")
    module.urlpatterns = [
        path("half/", half_saved, name="half"),
        path("says-500/", answers_500, name="says500"),
        path("refused/", refused, name="refused"),
        *urls.urlpatterns,
    ]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, name, getattr(urls, name))
    monkeypatch.setitem(sys.modules, "extra_urls", module)
    settings.ROOT_URLCONF = "extra_urls"


@pytest.mark.asvs("2.3.3", "16.5.4")
@pytest.mark.parametrize(("page", "name"), [("/half/", "half"), ("/says-500/", "says500")])
def test_an_error_leaves_no_half_saved_data_but_an_event(
    fresh_db, people, client_of, extra_pages, outside, events, page, name
):
    client = client_of(people.officer_bmc, raise_request_exception=False)
    assert client.get(page).status_code == 500
    assert outside("SELECT count(*) FROM cases_case") == [(0,)]
    assert events("FILE_OPENED") == []
    assert [(kind, result, who) for kind, result, who, _label, _detail in events()] == [
        ("FAILED", "FAILED", str(people.officer_bmc.pk))
    ]
    assert outside("SELECT object_id FROM audit_event") == [(name,)]


@pytest.mark.asvs("16.3.2")
def test_a_refusal_is_on_the_trail_and_leaves_nothing_else(
    fresh_db, people, client_of, extra_pages, outside, events
):
    assert client_of(people.officer_bmc).get("/refused/").status_code == 403
    assert outside("SELECT count(*) FROM cases_case") == [(0,)]
    assert events() == [
        (
            "REFUSED",
            "REFUSED",
            str(people.officer_bmc.pk),
            "BMC-2026-00001-1",
            {"status": 403, "rule": "a_rule"},
        )
    ]


@pytest.mark.asvs("8.2.2")
def test_hidden_and_missing_look_the_same(fresh_db, people, client_of, events):
    """A file of another province and a number that nobody has: the same answer, byte for byte."""
    case = make_case(by=people.officer_btb)
    client = client_of(people.officer_bmc)
    missing = "BTB-2026-99999-9"
    one, other = client.get(f"/files/{case.number}/"), client.get(f"/files/{missing}/")
    assert one.status_code == other.status_code == 404

    def bare(answer, number):
        text = answer.content.decode().replace(number, "N")
        return re.sub(r'(csrfmiddlewaretoken|once)" value="[^"]+"|[0-9a-f]{16}|\d{2}:\d{2}', "", text)

    assert bare(one, case.number) == bare(other, missing)
    assert set(one.headers) == set(other.headers)
    assert [kind for kind, *_rest in events("REFUSED")] == ["REFUSED", "REFUSED"]


@pytest.mark.asvs("16.5.3")
def test_a_read_without_its_event_shows_nothing(fresh_db, people, client_of, monkeypatch):
    """No log row, no data."""
    case = make_case(by=people.officer_bmc, full=True)
    client = client_of(people.officer_bmc, raise_request_exception=False)

    def broken(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("cases.access.record", broken)
    answer = client.get(f"/files/{case.number}/")
    assert answer.status_code == 500
    assert case.number not in answer.content.decode()


@pytest.mark.django_db
def test_a_transaction_that_ends_forgets_the_actor(people):
    with acting(people.officer_bmc.as_actor()), transaction.atomic():
        assert context()[0] == str(people.officer_bmc.pk)
    assert context()[0] == ""
