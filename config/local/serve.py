"""`make run`: the site with its worker and its clock, until Ctrl-C."""

import http.client
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from . import cluster as clusters
from . import frontend, packages, ports, servers, site
from .beside import Beside, Program
from .cluster import Cluster
from .folders import state_folder
from .say import Behind, Trouble, line, step

READY_WITHIN = 60


class Ended(BaseException):
    """Somebody asked us to end; not an error, so no `except Exception` may swallow it."""


def run() -> int:
    state = state_folder()
    port = ports.wanted()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        with ports.sole(state / "run.lock", port):
            ports.free(port)
            serve(state, port)
    except Ended:
        line("Karpea has ended.")
    return 0


def end(number: int, frame: FrameType | None) -> None:
    """The first call ends everything in order; later ones must not disturb that."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Ended


def serve(state: Path, port: int) -> None:
    logs = state / "logs"
    cluster = servers.cluster_named("main")
    site.words()
    with servers.lent(cluster) as env:
        # What needs the network comes before the minutes that would be lost without it.
        packages_of_npm = Behind(lambda: frontend.install(state))
        site.prepare(cluster, env, logs)
        packages_of_npm.wait()
        front = Behind(lambda: site.dress(state, env))
        site.demonstrate(cluster, env, logs)
        front.wait()
        beside = Beside(commands(cluster, env, port, logs))
        try:
            with step("Starting the site"):
                beside.start("web")
                until_ready(port, beside)
            # Only now: loading it takes the processor from those who wait for the first page.
            beside.start("worker")
            line(f"\nKarpea is ready: {ports.address(port)}\n")
            if env.get("KARPEA_DEMO") == "1":
                line(site.people(cluster, env))
            line("Ctrl-C ends it.")
            beside.watch(lambda: servers.revive(cluster))
        finally:
            beside.stop()


def commands(cluster: Cluster, env: Mapping[str, str], port: int, logs: Path) -> list[Program]:
    folder = packages.PYTHON.parent
    web: list[str | Path] = [
        folder / "gunicorn", "config.wsgi:application", "--bind", f"{ports.HOST}:{port}",
        "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload",
        "--worker-tmp-dir", memory_folder(), "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    worker: list[str | Path] = [
        folder / "celery", "--app", "config.celery", "--quiet", "worker", "--loglevel", "WARNING", "--concurrency", "1",
        "--without-gossip", "--without-mingle",
        # The clock inside the worker: there is only this one, and half as much to load.
        "--beat", "--schedule", cluster.folder / "beat",
    ]  # fmt: skip
    plain = {**env, "PYTHONUNBUFFERED": "1", "PORT": str(port)}
    return [
        Program(name, command, logs / f"{name}.log", {**plain, "KARPEA_ROLE": name})
        for name, command in (("web", web), ("worker", worker))
    ]


def memory_folder() -> str:
    """Where gunicorn's workers show that they live; on a slow disk they would seem dead."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"  # noqa: S108 - nameless files


def until_ready(port: int, beside: Beside) -> None:
    last = "no answer"
    end_by = time.monotonic() + READY_WITHIN
    while time.monotonic() < end_by:
        beside.check()
        try:
            last = health(port)
        except (OSError, http.client.HTTPException) as problem:
            last = str(problem)
        if last == "200":
            return
        time.sleep(0.1)
    raise Trouble(f"The site does not become ready ({last}). Its words are in {beside.wanted['web'].log}")


def health(port: int) -> str:
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return str(connection.getresponse().status)
    finally:
        connection.close()


def people() -> int:
    """Everybody of the demonstration, whether the site runs or not."""
    cluster = servers.cluster_named("main")
    if not site.demonstrated(cluster).exists():
        raise Trouble("No demonstration people are here yet. Start the site once: make run")
    with servers.lent(cluster) as env:
        line(site.people(cluster, env, "--all"))
    return 0


def code(who: str) -> int:
    """What the app of an invented person shows now."""
    cluster = servers.cluster_named("main")
    if not who:
        raise Trouble("Say whose code: make code WHO=officer.bmc")
    if not cluster.marked or not site.demonstrated(cluster).exists():
        raise Trouble("No demonstration people are here yet. Start the site once: make run")
    with servers.lent(cluster) as env:
        line(site.code(env, who))
    return 0


def reset() -> int:
    lock = state_folder() / "run.lock"
    there = ports.holder(lock)
    if there:
        raise Trouble(f"Karpea runs at {ports.address(there['port'])}. End it first: make stop")
    for name in clusters.NAMES:
        found = servers.cluster_named(name)
        if found.folder.exists():
            with step(f"Deleting the {name} data"):
                servers.down(found)
                clusters.delete(found)
    shutil.rmtree(frontend.COLLECTED, ignore_errors=True)
    line("All data of this folder is deleted. make run starts anew.")
    return 0


def stop() -> int:
    if ports.end_holder(state_folder() / "run.lock"):
        line("Karpea has ended.")
    for name in clusters.NAMES:
        cluster = servers.cluster_named(name)
        servers.kept(cluster).unlink(missing_ok=True)
        servers.down(cluster)
    return 0
