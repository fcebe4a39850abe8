"""`make run` from start to Ctrl-C, on a clone of its own that holds the launcher and a bare site."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from config.local import environment, folders, packages, ports
from config.local.folders import CLONE

SITE = {
    "manage.py": """
import os, sys
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
execute_from_command_line(sys.argv)
""",
    "config/__init__.py": "",
    "config/settings.py": """
import json, os
from pathlib import Path
SECRET_KEY = json.loads(Path(os.environ["KARPEA_SECRETS"]).read_text())["SECRET_KEY"]
ROOT_URLCONF = "config.urls"
INSTALLED_APPS = ["config", "django.contrib.staticfiles"]
STATIC_URL, STATIC_ROOT = "/static/", os.environ["KARPEA_STATIC"]
ALLOWED_HOSTS = ["127.0.0.1"]
from urllib.parse import parse_qs, urlsplit
url = urlsplit(os.environ["DATABASE_URL_" + os.environ["KARPEA_ROLE"].upper()])
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
    "PASSWORD": url.password, "HOST": parse_qs(url.query)["host"][0],
    "OPTIONS": {"options": "-c role=karpea_owner"} if os.environ["KARPEA_ROLE"] == "migrator" else {},
}}
""",
    "config/urls.py": """
from django.db import connection
from django.http import HttpResponse
from django.urls import path
def role(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return HttpResponse(cursor.fetchone()[0])
urlpatterns = [path("health/ready", lambda request: HttpResponse("ready")), path("role", role)]
""",
    "config/wsgi.py": """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
""",
    "config/celery.py": """
import os
from celery import Celery
app = Celery("bare", broker="redis+socket://" + os.environ["REDIS_URL"].removeprefix("unix://"))
app.conf.beat_schedule = {}
""",
    "config/management/commands/demo.py": """
import os
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, **options):
        with open(os.environ["KARPEA_FILES"] + "/demo", "a") as file:
            file.write(os.environ["KARPEA_ROLE"] + "\\n")
""",
    "config/management/commands/people.py": """
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true")
    def handle(self, **options):
        self.stdout.write("everybody" if options["all"] else "sokha  a-password  opens files")
""",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    root = tmp_path_factory.mktemp("clone")
    for name, text in SITE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copytree(
        CLONE / "config" / "local", root / "config" / "local", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(CLONE / "requirements", root / "requirements")
    (root / ".venv").symlink_to(packages.VENV)
    yield root
    subprocess.run(
        [packages.PYTHON, root / "config" / "local", "reset"], check=True, stdout=subprocess.DEVNULL
    )
    shutil.rmtree(folders.state_folder(root))


def outside() -> dict[str, str]:
    """A made-up database of the suite's own must not be taken for one that the reader gave."""
    left_out = {*environment.ROLES, environment.MADE_HERE, "REDIS_URL", "KARPEA_SECRETS", "KARPEA_FILES"}
    return {name: text for name, text in os.environ.items() if name not in left_out}


class Run:
    """A launcher in the background, its words in a file."""

    def __init__(self, clone: Path, port: int, **more: str):
        self.words = clone / "words.txt"
        with self.words.open("w") as output:
            self.process = subprocess.Popen(
                [packages.PYTHON, clone / "config" / "local", "run"],
                env={**outside(), "PORT": str(port), **more}, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def said(self) -> str:
        return self.words.read_text()

    def until(self, words: str, seconds: float = 60) -> str:
        end_by = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end_by, self.said()
            time.sleep(0.1)
        return self.said()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)


@pytest.fixture
def started(clone):
    runs = []

    def start(port: int, **more: str) -> Run:
        runs.append(Run(clone, port, **more))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end()


def fetch(port: int, path: str) -> str:
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def processes_of(clone: Path) -> list[str]:
    """Whatever still runs out of this clone or out of its state folder."""
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    marks = (str(clone), str(folders.state_folder(clone)))
    return [line for line in listed.splitlines() if any(mark in line for mark in marks)]


def test_from_start_to_end_and_again(clone, started):
    port = free_port()
    run = started(port)
    said = run.until("Ctrl-C ends it.")
    assert f"http://127.0.0.1:{port}/" in said
    assert "sokha  a-password  opens files" in said
    assert "Loading demonstration data ..." in said
    assert fetch(port, "/role") == "karpea_web"

    second = subprocess.run(
        [packages.PYTHON, clone / "config" / "local", "run"], capture_output=True, text=True, check=False,
        env={**os.environ, "PORT": str(free_port())},
    )  # fmt: skip
    assert second.returncode == 1
    assert f"already runs from this folder at http://127.0.0.1:{port}/" in second.stderr
    assert "Traceback" not in second.stderr

    assert run.end(signal.SIGINT) == 0
    assert run.said().endswith("Karpea has ended.\n")
    assert processes_of(clone) == []

    run = started(port)
    said = run.until("Ctrl-C ends it.")
    assert "Loading demonstration data" not in said
    assert "Migrating" not in said
    demo = folders.state_folder(clone) / "main" / "files" / "demo"
    assert demo.read_text() == "loader\n"


def test_the_worker_is_started_again_and_the_site_stays(clone, started):
    port = free_port()
    run = started(port)
    run.until("Ctrl-C ends it.")
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout
    worker = next(line for line in listed.splitlines() if str(clone) in line and " worker " in line)
    os.kill(int(worker.split()[0]), signal.SIGKILL)
    run.until("The worker stopped and is started again")
    assert fetch(port, "/role") == "karpea_web"


def test_the_services_are_started_again_and_the_site_stays(clone, started):
    """Each as a machine short of memory ends it, said on the terminal; data and site are there as before."""
    port = free_port()
    run = started(port)
    run.until("Ctrl-C ends it.")
    main = folders.state_folder(clone) / "main"
    for name, file in (
        ("Valkey", main / "valkey" / "valkey.pid"),
        ("PostgreSQL", main / "postgresql" / "postmaster.pid"),
    ):
        before = int(file.read_text().split()[0])
        os.kill(before, signal.SIGKILL)
        run.until(f"{name} stopped and is started again")
        run.until(f"Starting {name}")
        wait_for(
            lambda file=file, before=before: file.exists() and int(file.read_text().split()[0]) != before
        )
    wait_for(lambda: fetch(port, "/role") == "karpea_web")
    assert run.process.poll() is None


def wait_for(done, seconds: float = 60) -> None:
    end_by = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end_by
        time.sleep(0.1)


def test_everybody_is_listed_whether_the_site_runs_or_not(clone, started):
    def people():
        return subprocess.run(
            [packages.PYTHON, clone / "config" / "local", "people"],
            capture_output=True, text=True, check=False, env=outside(),
        )  # fmt: skip

    mark = folders.state_folder(clone) / "main" / "demonstration"
    run = started(free_port())
    run.until("Ctrl-C ends it.")
    assert people().stdout.rstrip().endswith("everybody")
    run.end()
    assert people().stdout.rstrip().endswith("everybody")
    assert processes_of(clone) == []
    mark.unlink()
    try:
        none = people()
    finally:
        mark.touch()
    assert (none.returncode, none.stdout) == (1, "")
    assert "Start the site once: make run" in none.stderr


def test_a_package_server_out_of_reach_is_said_before_the_long_part(clone, started, tmp_path):
    mark, lock = (
        folders.state_folder(clone) / "main" / "demonstration",
        clone / "static" / "src" / "package-lock.json",
    )
    for name, words in (("node", "echo v22.0.0"), ("npm", "echo 'npm error code ENOTFOUND'; exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{words}\n")
        (tmp_path / name).chmod(0o755)
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    mark.unlink(missing_ok=True)
    try:
        run = started(free_port(), PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        assert run.process.wait(60) == 1
    finally:
        shutil.rmtree(clone / "static")
    assert "the package server could not be reached" in run.said()
    assert "Loading demonstration data" not in run.said()
    assert not mark.exists()
    run = started(free_port())
    assert "Loading demonstration data" in run.until("Ctrl-C ends it.")


def test_a_taken_port_is_said_before_anything_starts(clone, started):
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        run = started(other.getsockname()[1])
        assert run.process.wait(20) == 1
    assert "is taken by another program" in run.said()
    assert "Traceback" not in run.said()
    assert "PostgreSQL" not in run.said()


def test_a_site_that_cannot_start_ends_with_its_reason(clone, started):
    broken = clone / "config" / "wsgi.py"
    whole = broken.read_text()
    broken.write_text("raise RuntimeError('no such thing as this site')")
    try:
        run = started(free_port())
        assert run.process.wait(60) == 1
    finally:
        broken.write_text(whole)
    assert "no such thing as this site" in run.said()
    assert "Traceback" not in run.said()
    assert processes_of(clone) == []
