"""What the launcher says: one line per step, one sentence when something is in the way."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

_behind = threading.local()


class Trouble(Exception):
    """Something the reader can mend. Said in English and, where the terminal can, in Khmer."""

    def __init__(self, english: str, khmer: str = ""):
        super().__init__(english)
        self.english = english
        self.khmer = khmer


def can_khmer(stream: TextIO) -> bool:
    return "utf" in (getattr(stream, "encoding", "") or "").lower()


def trouble(problem: Trouble, stream: TextIO | None = None) -> None:
    stream = stream or sys.stderr
    print(problem.english, file=stream)
    if problem.khmer and can_khmer(stream):
        print(problem.khmer, file=stream)


def line(text: str) -> None:
    if (kept := getattr(_behind, "lines", None)) is not None:
        kept.append(text)
    else:
        print(text, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """`Installing packages ... 12 s`; the line is ended on failure too, so that a sentence
    never starts in the middle of one."""
    started = time.monotonic()
    behind = hasattr(_behind, "lines")
    if not behind:
        print(f"{text} ...", end="", flush=True)
    end = "stopped"
    try:
        yield
        end = spent(time.monotonic() - started)
    finally:
        if behind:
            line(f"{text} ... {end}")
        else:
            print(f" {end}", flush=True)


class Behind:
    """Work that goes on while the launcher does something else. What it has to say is said when it
    is waited for, so that its lines do not fall into the middle of others."""

    def __init__(self, work: Callable[[], None]):
        self.work = work
        self.lines: list[str] = []
        self.problem: BaseException | None = None
        # A daemon, so that Ctrl-C need not wait for it.
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        _behind.lines = self.lines
        try:
            self.work()
        except BaseException as problem:  # noqa: BLE001 - raised again by wait()
            self.problem = problem

    def wait(self) -> None:
        self.thread.join()
        for text in self.lines:
            line(text)
        if self.problem:
            raise self.problem


def spent(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
