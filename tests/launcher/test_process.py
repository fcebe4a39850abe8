"""A failing program becomes one sentence, and no program of ours outlives the launcher."""

import os
import signal
import subprocess
import sys
import time

import pytest

from config.local import process
from config.local.folders import CLONE
from config.local.say import Trouble

PARENT = """
import sys, time; sys.path.insert(0, {clone!r})
import os
from pathlib import Path
from config.local import process
child = process.start(["sleep", "60"], Path({log!r}), cwd=Path("/"), env=dict(os.environ))
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("npm error code ENOSPC", "The disk is full"),
        ("Failed to establish a new connection: Name or service not known", "Connect this machine"),
        ("npm error getaddrinfo EAI_AGAIN example.org", "Connect this machine"),
        ("some line\nERROR: the real reason\nlast line", "Working failed: ERROR: the real reason"),
        ("only this", "Working failed: only this"),
    ],
)
def test_reasons_are_told_in_one_line(tmp_path, output, words):
    command = [sys.executable, "-c", f"print({output!r}); raise SystemExit(1)"]
    with pytest.raises(Trouble) as caught:
        process.run(command, tmp_path / "logs" / "x.log", "Working", cwd=tmp_path)
    assert words in caught.value.english
    assert "\n" not in caught.value.english


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a promise of Linux alone")
def test_children_end_when_the_launcher_is_killed(tmp_path):
    code = PARENT.format(clone=str(CLONE), log=str(tmp_path / "child.log"))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    assert gone(child)


def gone(number: int) -> bool:
    for _ in range(50):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        if state(number) == "Z":  # dead, and its new parent has not looked yet
            return True
        time.sleep(0.1)
    os.kill(number, signal.SIGKILL)
    return False


def state(number: int) -> str:
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return file.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"
