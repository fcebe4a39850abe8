"""Logs say which page, how it went and how long it took, and nothing of anybody; an id runs through from the proxy."""

import io
import json
import logging
import uuid

import pytest
from django.db import connection, transaction

from audit.context import acting, current_actor, system
from audit.kinds import Kind
from audit.models import Event
from audit.record import Thing, record
from config import celery, logs
from config.middleware import QUIET
from tests import ground
from tests.factories import make_case

TYPED = "Sokha-Typed-This"


@pytest.fixture
def lines(monkeypatch):
    """`lines()`: what was logged since, as a process of the site would write it."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level, said = root.level, io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    logs.configure(None)
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.asvs("16.2.2")
def test_a_request_is_one_line_without_its_address(db, lines, people, client_of):
    case = make_case(by=people.officer_bmc)
    client = client_of(people.officer_bmc)
    client.get(f"/files/{case.number}/?q={TYPED}", headers={"X-Request-ID": "proxy-0123456789"})
    (line,) = [one for one in lines() if one["event"] == "request"]
    assert line.pop("ms") > 0
    assert line.pop("timestamp").endswith("Z"), "in UTC, whatever the place's own time is"
    assert line == {
        "event": "request", "method": "GET", "route": "cases:detail", "status": 200, "level": "info",
        "logger": "karpea.access", "request_id": "proxy-0123456789",
    }  # fmt: skip


@pytest.mark.asvs("16.2.5")
def test_nothing_of_a_person_or_a_file_reaches_the_log(db, lines, people, client_of):
    """Whatever is asked and however it ends."""
    case = make_case(by=people.officer_bmc)
    client = client_of(people.officer_bmc, raise_request_exception=False)
    officer = people.officer_bmc
    secrets = [case.number, str(case.pk), TYPED, officer.sign_in_name, str(officer.pk), "127.0.0.1"]
    client.get(f"/files/{case.number}/")
    client.get(f"/files/BTB-2026-99999-9/?name={TYPED}")
    client.get(f"/{TYPED}/{case.number}/")
    client.post("/files/find/", {"name": TYPED})
    client.post("/sign-in/", {"login": people.officer_bmc.sign_in_name, "password": TYPED})
    client.generic(TYPED, f"/files/{case.number}/")
    found = lines()
    assert len([one for one in found if one["event"] == "request"]) == 6
    text = json.dumps(found)
    assert [one for one in secrets if one in text] == []


@pytest.mark.asvs("16.4.3")
@pytest.mark.usefixtures("fresh_db")
def test_each_act_on_the_trail_is_a_line_that_says_nothing_of_it(lines, people, client_of):
    """What another machine needs for an alarm, and to miss what was taken from the trail: kind and id of the event."""
    with acting(people.officer_bmc.as_actor()):
        case = make_case(by=people.officer_bmc)
    client = client_of(people.officer_bmc, raise_request_exception=False)
    client.get(f"/files/{case.number}/", headers={"X-Request-ID": "looked-at-a-file"})
    client.get("/files/BTB-2026-99999-9/", headers={"X-Request-ID": "tried-to-look"})
    said = [one for one in lines() if one["event"] == "trail"]
    with ground.connected("loader"), acting(system("health")):
        known = dict(Event.objects.values_list("pk", "kind"))
    kinds = {one.get("request_id"): one["kind"] for one in said}
    assert kinds["looked-at-a-file"] == "FILE_READ"
    assert kinds["tried-to-look"] == "REFUSED"
    assert {one.get("number") for one in said} == {1, None}, "acts of a load are told as how many"
    for one in (one for one in said if "event_id" in one):
        assert known[uuid.UUID(one["event_id"])] == one["kind"]
        assert set(one) <= {
            "event", "kind", "result", "event_id", "request_id", "level", "logger", "timestamp",
        }  # fmt: skip


@pytest.mark.usefixtures("fresh_db")
def test_what_is_taken_back_is_no_line(lines, people):
    with acting(people.officer_bmc.as_actor()):
        record(Kind.FILE_LISTED, Thing(type="page"))
        transaction.set_rollback(True)
    assert [one for one in lines() if one["event"] == "trail"] == []


@pytest.mark.asvs("16.5.1")
def test_a_failure_says_where_and_not_what(db, lines, people, client_of, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError(TYPED)

    monkeypatch.setattr("cases.access.record", broken)
    case = make_case(by=people.officer_bmc)
    client = client_of(people.officer_bmc, raise_request_exception=False)
    assert client.get(f"/files/{case.number}/", headers={"X-Request-ID": "failed-request"}).status_code == 500
    found = lines()
    assert TYPED not in json.dumps(found)
    assert case.number not in json.dumps(found)
    (failed,) = [one for one in found if one.get("error") == "ValueError"]
    assert failed["request_id"] == "failed-request"
    assert any("test_logs.py" in place for place in failed["where"])


@pytest.mark.parametrize("path", QUIET)
def test_probes_are_no_lines(db, lines, client, path):
    client.get(f"{path}live")
    assert [one for one in lines() if one["event"] == "request"] == []


def test_the_site_s_own_settings_switch_it_on():
    """Django calls LOGGING_CONFIG only where LOGGING holds something."""
    from django.conf import settings

    assert settings.LOGGING
    assert settings.LOGGING_CONFIG == "config.logs.configure"


@pytest.mark.asvs("16.4.1")
@pytest.mark.parametrize(
    ("logger", "words"),
    [
        ("django.request", f"Internal Server Error: /files/{TYPED}/"),
        ("gunicorn.error", f"Error handling request /files/{TYPED}/"),
        ("gunicorn.error", f"Invalid request from ip=10.0.0.1: Invalid HTTP request line: '{TYPED}'"),
        ("celery.app.trace", f"Task desk.tasks.x[1] raised unexpected: ValueError('{TYPED}')"),
    ],
)
def test_words_of_others_that_carry_what_was_typed_are_said_otherwise(lines, logger, words):
    try:
        raise ValueError(TYPED)
    except ValueError:
        logging.getLogger(logger).exception(words)
    (line,) = lines()
    assert TYPED not in json.dumps(line)
    assert line["error"] == "ValueError"


def test_a_warning_is_its_kind_and_place(lines):
    logging.getLogger("py.warnings").warning(
        "%s", f"/app/cases/x.py:7: RuntimeWarning: naive {TYPED}\n  f('{TYPED}')"
    )
    (line,) = lines()
    assert TYPED not in json.dumps(line)
    assert (line["event"], line["error"], line["where"]) == ("warning", "RuntimeWarning", ["x.py:7"])


# --- the id that runs through


def id_on_trail():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.request', true)")
        return cursor.fetchone()[0]


def test_whoever_acts_inside_a_request_serves_it(db, people):
    with acting(people.officer_bmc.as_actor(request_id="outer-request")):
        with acting(system("export")):
            assert current_actor().request_id == id_on_trail() == "outer-request"
        with acting(people.reviewer.as_actor(request_id="another-one")):
            assert id_on_trail() == "another-one"
        assert id_on_trail() == "outer-request"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"request_id": "from-the-web-1"}, "from-the-web-1"),
        ({}, "task-id-0123"),
        ({"request_id": "spoilt\nline"}, "task-id-0123"),
        ({"request_id": "x" * 65}, "task-id-0123"),
    ],
)
def test_a_task_carries_the_id_of_its_message_or_its_own(db, lines, headers, expected, events):
    seen = []

    @celery.app.task(name="tests.carries", actor_name="health", bind=False)
    def carries():
        seen.append((current_actor().request_id, id_on_trail()))
        logging.getLogger("karpea.test").warning("at work")
        record(*_event())

    try:
        request = {"id": "task-id-0123", "is_eager": True, **headers}
        carries.push_request(**request)
        carries()
    finally:
        carries.pop_request()
        celery.app.tasks.unregister("tests.carries")
    assert seen == [(expected, expected)]
    (line,) = lines()
    assert (line["request_id"], line["task"]) == (expected, "tests.carries")


def _event():
    from audit.kinds import Kind

    return Kind.CODES_LOADED, Thing(type="codes")


def test_a_message_takes_the_id_along():
    import structlog

    headers = {}
    with structlog.contextvars.bound_contextvars(request_id="sent-from-here"):
        celery.carry_request_id(headers=headers)
    assert headers == {"request_id": "sent-from-here"}
    celery.carry_request_id(headers=(given := {"request_id": "already"}))
    assert given == {"request_id": "already"}
    celery.carry_request_id(headers=(nothing := {}))
    assert nothing == {}


@pytest.mark.asvs("4.1.3")
def test_the_visitor_s_address_is_the_proxy_s_last_word(rf, settings):
    from config.middleware import request_id

    def asked(**headers):
        request = rf.get("/health/live", REMOTE_ADDR="172.18.0.1", headers=headers)
        from django.http import HttpResponse

        request_id(lambda _request: HttpResponse())(request)
        return request.META["REMOTE_ADDR"]

    claimed = {"X-Forwarded-For": "10.1.1.1, 203.0.113.9"}
    settings.PROXY = False
    assert asked(**claimed) == "172.18.0.1", "nobody is believed where no proxy stands"
    settings.PROXY = True
    assert asked(**claimed) == "203.0.113.9"
    assert asked() == "172.18.0.1"
    assert asked(**{"X-Forwarded-For": f"203.0.113.9, {TYPED}"}) == "172.18.0.1"
