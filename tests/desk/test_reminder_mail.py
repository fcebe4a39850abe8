"""Reminders by mail: one a person and day except danger, without names and numbers, kept until they are sent."""

import datetime as dt
import socket
import socketserver
import threading

import pytest
from django.core import mail
from django.utils import timezone

from audit.context import acting, system
from cases.answers import Answer
from desk.models import Delivery, Mailbox
from desk.reminders import actions, queries, sending, sweep
from tests import ground
from tests.factories import STORY, make_case, make_referral

from .due import ask, later

CHILD = {"is_child": Answer.YES}
ADDRESS = "somebody@example.org"


@pytest.fixture(autouse=True)
def _mail_is_on(settings, monkeypatch):
    settings.MAIL_IS_ON = True
    settings.SITE_ADDRESS = "https://karpea.example"
    monkeypatch.setattr(sweep, "MORNING", 0)
    mail.outbox = []


@pytest.fixture
def mailed(people):
    def give(*names, address=ADDRESS):
        for name in names:
            person = getattr(people, name)
            with acting(person.as_actor()):
                actions.set_mailbox(address=address, by=person)

    return give


@pytest.fixture
def messages():
    def found():
        return ask(
            "SELECT u.sign_in_name, m.kind, m.status, m.tries, m.error FROM desk_delivery m "
            "JOIN accounts_user u ON u.id = m.person_id ORDER BY m.created_at, 1"
        )

    return found


def tomorrow():
    """A day has passed for the messages: yesterday's bundle is yesterday's."""
    with acting(system("reminder")):
        for row in Delivery.objects.all():
            Delivery.objects.filter(pk=row.pk).update(key=f"{row.key} before")


def again():
    """The time of the next try has come."""
    with acting(system("reminder")):
        Delivery.objects.update(next_try_at=timezone.now())


@pytest.mark.django_db
def test_one_message_a_person_and_day(people, mailed, messages):
    mailed("officer_bmc", "head_bmc")
    for _three in range(3):
        make_case(by=people.officer_bmc, **CHILD)
    make_case(by=people.officer_btb, **CHILD)
    later(hours=13)
    sweep.run()
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=12)
    sweep.run()
    sweep.run()
    # The head's first notices came with the second sweep; the officer's news of today waits for tomorrow.
    assert messages() == [("officer_bmc", "DAY", "SENT", 1, ""), ("head_bmc", "DAY", "SENT", 1, "")]
    assert len(mail.outbox) == 2
    tomorrow()
    sweep.run()
    assert [row[0] for row in messages()] == ["officer_bmc", "head_bmc", "officer_bmc"]
    assert "3" in mail.outbox[2].body


@pytest.mark.django_db
def test_danger_goes_out_at_once_beside_the_bundle_of_the_day(people, mailed, messages):
    mailed("officer_bmc")
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=13)
    sweep.run()
    make_case(by=people.officer_bmc, full=True, danger_now=Answer.YES)
    sweep.run()
    assert [row[:3] for row in messages()] == [
        ("officer_bmc", "DAY", "SENT"),
        ("officer_bmc", "DANGER", "SENT"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
def test_a_message_holds_no_name_and_no_number(people, mailed, language):
    mailed("officer_bmc", "ngo_hope", "head_bmc")
    ask("UPDATE accounts_user SET language = %s RETURNING id", [language])
    case = make_case(by=people.officer_bmc, full=True, danger_now=Answer.YES)
    make_referral(case, to="NGO-HOPE", status="APPROVED")
    later(hours=13)
    sweep.run()
    assert {one.to[0] for one in mail.outbox} == {ADDRESS}
    assert len(mail.outbox) == 3
    hidden = [
        case.number,
        str(case.pk),
        *map(str, STORY["identity"].values()),
        STORY["summary"],
        STORY["account"],
    ]
    hidden += [people.officer_bmc.full_name_km, people.head_bmc.full_name_km, "NGO-HOPE", "DOSVY"]
    for one in mail.outbox:
        text = str(one.message()) + one.body + one.subject
        assert [word for word in hidden if word in text] == []
        assert "https://karpea.example/due/" in one.body
        assert one.extra_headers["Message-ID"].endswith("@karpea>")
        assert ("deadline" in one.body or "cannot wait" in one.body) == (language == "en")


@pytest.mark.django_db
def test_before_the_morning_and_without_an_address_nothing_is_mailed(people, mailed, messages, monkeypatch):
    mailed("officer_bmc")
    mailed("officer_bmc_2", address="")
    make_case(by=people.officer_bmc, **CHILD)
    make_case(by=people.officer_bmc_2, **CHILD)
    later(hours=13)
    monkeypatch.setattr(sweep, "MORNING", 24)
    sweep.run()
    assert messages() == []
    monkeypatch.setattr(sweep, "MORNING", 0)
    sweep.run()
    assert [row[0] for row in messages()] == ["officer_bmc"]


@pytest.mark.django_db
def test_where_mail_is_switched_off_nothing_is_queued(people, mailed, messages, settings):
    settings.MAIL_IS_ON = False
    mailed("officer_bmc")
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=13)
    sweep.run()
    assert messages() == []


@pytest.mark.django_db
def test_what_was_read_meanwhile_is_not_mailed(people, mailed, messages, as_):
    mailed("officer_bmc")
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=13)
    sweep.tell_batch(danger=False)
    sweep.bundle()
    with as_(people.officer_bmc):
        ids = [notice.due_id for notice in queries.notices(people.officer_bmc)]
        assert actions.mark_read(due_ids=ids, by=people.officer_bmc) == 1
    assert sending.send_waiting() == 0
    assert messages() == [("officer_bmc", "DAY", "DROPPED", 1, "")]
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_address_is_open_to_its_owner_alone(people, mailed, as_, events):
    mailed("officer_bmc")
    (sealed,) = ask("SELECT address_sealed FROM desk_mailbox")[0]
    assert ADDRESS.encode() not in bytes(sealed)
    assert ADDRESS not in str(events("MAILBOX_CHANGED"))
    for person in (people.officer_bmc_2, people.head_bmc, people.administrator):
        with as_(person):
            assert Mailbox.objects.count() == 0


# --- the mail server is away, refuses, answers


class Server(socketserver.ThreadingTCPServer):
    """As much of a mail server as smtplib asks for. Refuses the addresses in `refused`, keeps what it accepted."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        self.accepted, self.refused = [], set()
        super().__init__(("127.0.0.1", port), Talk)


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 here")
        for line in self.rfile:
            word = line.decode().strip()
            if word.upper().startswith("RCPT") and any(one in word for one in self.server.refused):
                self.say("550 nobody of that name")
            elif word.upper() == "DATA":
                self.say("354 go on")
                self.server.accepted.append(self.text())
                self.say("250 taken")
            elif word.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def text(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.decode())
        return "".join(lines)


@pytest.fixture
def port(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", found, 5
    return found


@pytest.fixture
def server(port):
    made = []

    def start():
        made.append(Server(port))
        threading.Thread(target=made[0].serve_forever, daemon=True).start()
        return made[0]

    yield start
    for one in made:
        one.shutdown()
        one.server_close()


def test_a_server_that_is_away_is_tried_again_until_it_answers(people, fresh_db, mailed, messages, server):
    mailed("officer_bmc", "head_bmc")
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=30)
    with ground.connected("worker", fresh_db):
        sweep.run()
        waiting = ("WAITING", 1, "ConnectionRefusedError")
        assert sorted(row[2:] for row in messages()) == [("WAITING", 0, ""), waiting], "one try tells enough"
        sweep.run()
        sweep.run()
        assert [row[2] for row in messages()] == ["WAITING"] * 2, "before its time it is not tried again"
        running = server()
        again()
        sweep.run()
        sweep.run()
    assert [row[2] for row in messages()] == ["SENT"] * 2
    assert len(running.accepted) == 2


def test_a_refused_address_holds_up_nobody_else_and_fails_in_the_end(
    people, fresh_db, mailed, messages, server, client_of
):
    mailed("officer_bmc", address="refused@example.org")
    mailed("head_bmc")
    make_case(by=people.officer_bmc, full=True, **CHILD)
    later(hours=30)
    running = server()
    running.refused = {"refused@example.org"}
    for _try in sending.BACKOFF:
        sweep.run()
        again()
    assert {row[0]: row[2:] for row in messages()} == {
        "officer_bmc": ("FAILED", len(sending.BACKOFF), "SMTPRecipientsRefused"),
        "head_bmc": ("SENT", 1, ""),
    }
    assert len(running.accepted) == 1
    page = client_of(people.administrator).get("/due/deliveries/").content.decode()
    assert "SMTPRecipientsRefused" in page
    assert "refused@example.org" not in page
    assert "BMC-" not in page


def test_a_worker_that_dies_while_sending_sends_the_same_message_again(
    people, fresh_db, mailed, messages, server, monkeypatch
):
    """Between the server's "taken" and our commit: at least once, never under two names."""
    mailed("officer_bmc")
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=13)
    running = server()

    class Killed(BaseException):
        pass

    real = sending._set

    def dies(row, **values):
        if values.get("status") == "SENT":
            raise Killed
        real(row, **values)

    monkeypatch.setattr(sending, "_set", dies)
    with pytest.raises(Killed):
        sweep.run()
    monkeypatch.setattr(sending, "_set", real)
    assert messages() == [("officer_bmc", "DAY", "WAITING", 1, "")]
    again()
    sweep.run()
    assert messages() == [("officer_bmc", "DAY", "SENT", 2, "")]
    names = [line for text in running.accepted for line in text.splitlines() if line.startswith("Message-ID")]
    assert len(names) == 2
    assert len(set(names)) == 1


def test_two_workers_make_and_send_each_message_once(people, fresh_db, mailed, messages, server):
    from .test_reminders import sweeping

    mailed("officer_bmc", "head_bmc", "officer_bmc_2")
    for by in (people.officer_bmc, people.officer_bmc_2):
        make_case(by=by, full=True, danger_now=Answer.YES)
    running = server()
    threads = [threading.Thread(target=sweeping, args=(fresh_db,)) for _three in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(row[0] for row in messages()) == ["head_bmc", "head_bmc", "officer_bmc", "officer_bmc_2"]
    assert {row[1:3] for row in messages()} == {("DANGER", "SENT")}
    assert len(running.accepted) == 4


def test_times_between_tries_grow():
    assert list(sending.BACKOFF) == sorted(sending.BACKOFF)
    assert dt.timedelta(minutes=sum(sending.BACKOFF)) > dt.timedelta(days=2), (
        "a weekend without a mail server"
    )
