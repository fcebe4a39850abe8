"""The processes beside the launcher: the site, and the worker with its clock."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import process
from .folders import CLONE
from .say import line

RESTART_AFTER = 5


@dataclass(frozen=True)
class Program:
    name: str
    command: Sequence[str | Path]
    log: Path
    env: Mapping[str, str]


class Beside:
    """The processes that we started. Without the site there is nothing to run; the worker and what
    both stand on are started again, because the site outlives them."""

    def __init__(self, wanted: list[Program]):
        self.wanted = {program.name: program for program in wanted}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        program = self.wanted[name]
        program.log.parent.mkdir(parents=True, exist_ok=True)
        program.log.write_bytes(b"")
        self.running[name] = process.start(program.command, program.log, cwd=CLONE, env=program.env)

    def check(self) -> None:
        if self.running["web"].poll() is not None:
            raise process.why(self.wanted["web"].log, "The site")

    def watch(self, revive: Callable[[], bool]) -> None:
        """`revive` starts the fallen services again; True where that has to be tried once more."""
        while True:
            time.sleep(1)
            self.check()
            if revive():
                time.sleep(RESTART_AFTER)
            if self.running["worker"].poll() is not None:
                kill_session(self.running["worker"])  # what it left behind
                words = keep(self.wanted["worker"].log)
                line(f"The worker stopped and is started again (its words: {words}).")
                time.sleep(RESTART_AFTER)
                self.start("worker")

    def stop(self) -> None:
        for child in self.running.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        end_by = time.monotonic() + 15
        for child in self.running.values():
            try:
                child.wait(max(0.1, end_by - time.monotonic()))
            except subprocess.TimeoutExpired:
                kill_session(child)


def kill_session(child: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def keep(log: Path) -> Path:
    """A new start begins a new log; the last words of the one before stay readable."""
    return log.replace(log.with_suffix(".before.log"))
