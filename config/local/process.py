"""Runs a program quietly: its output goes to a log, its failure becomes one sentence."""

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .say import Trouble

NO_NETWORK = re.compile(
    r"Name or service not known|Temporary failure in name resolution|Network is unreachable|"
    r"NewConnectionError|ConnectTimeout|ReadTimeout|nodename nor servname|No route to host|"
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|"
    r"Connection refused|Tunnel connection failed|Max retries exceeded"
)
FULL = re.compile(r"No space left on device|ENOSPC|Disk quota exceeded|DiskFull", re.IGNORECASE)


def run(
    command: Sequence[str | Path],
    log: Path,
    doing: str,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            env=env,
            check=False,
        )
    if done.returncode:
        raise why(log, doing)


def why(log: Path, doing: str) -> Trouble:
    """The reasons people meet, in words that say what to do; else the program's own last line."""
    text = log.read_bytes()[-20_000:].decode(errors="replace")
    if FULL.search(text):
        return disk_full()
    if NO_NETWORK.search(text):
        return Trouble(
            f"{doing} stopped because the package server could not be reached. Connect this machine "
            "to the internet (or point pip and npm to a mirror that it reaches), then try again.",
            "រកមិនឃើញអ៊ីនធឺណិតទេ។ សូមភ្ជាប់ម៉ាស៊ីននេះទៅអ៊ីនធឺណិត រួចព្យាយាមម្ដងទៀត។",
        )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?i)(npm )?(err(or)?!?|fatal)\b", line)]
    last = (errors or lines or ["it left no message"])[-1]
    return Trouble(f"{doing} failed: {last[:300]} (all of it: {log})")


def disk_full() -> Trouble:
    return Trouble(
        "The disk is full. Make room (Karpea needs about 1.5 GB), then try again.",
        "ថាសពេញហើយ។ សូមធ្វើឱ្យមានទំហំទំនេរ (ប្រហែល ១,៥ GB) រួចព្យាយាមម្ដងទៀត។",
    )


def start(
    command: Sequence[str | Path], log: Path, *, cwd: Path, env: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """A program beside us, in a session of its own: Ctrl-C reaches only the launcher, which then
    ends everything in order. It also ends when the launcher is killed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - the launcher has no threads
        )


def end_with(parent: int) -> Callable[[], None] | None:
    """For the child to call: asks Linux to end it when its parent dies, however that happens."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return ask
