"""The virtual environment: made from the hash-pinned locks, entered by starting anew inside it."""

import os
import subprocess
import sys
from pathlib import Path

from . import folders, process, stamps
from .folders import CLONE, state_folder
from .say import Trouble, step

VENV = CLONE / ".venv"
PYTHON = VENV / "bin" / "python"
# A lock that another one contains whole, pin for pin.
CONTAINED = {"base": ("base", "dev"), "dev": ("dev",), "node": ("node",)}
ROOM = 1_200_000_000


def enter(lock: str, arguments: list[str]) -> None:
    """Returns inside the environment, with the packages of the lock; otherwise starts anew there."""
    state = state_folder()
    with folders.only_one(state / "packages.lock"):
        inside = Path(sys.prefix).resolve() == VENV.resolve()
        if not inside and not works():
            enough_room()
            with step("Making the virtual environment"):
                make(state)
        install(lock, state)
    if not inside:
        os.execv(PYTHON, [str(PYTHON), str(Path(__file__).parent), *arguments])  # noqa: S606


def works() -> bool:
    """False for an environment whose Python has gone from the machine or is too old."""
    try:
        asked = subprocess.run(
            [PYTHON, "-c", "import sys, pip; print((3, 11) <= sys.version_info[:2] <= (3, 13))"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return asked.stdout.strip() == "True"


def make(state: Path) -> None:
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists():
        raise Trouble(f"{VENV} is no virtual environment. Move it away, then try again.")
    log = state / "logs" / "venv.log"
    try:
        process.run(
            [sys.executable, "-m", "venv", "--clear", VENV], log,
            "Making the virtual environment", cwd=CLONE,
        )  # fmt: skip
    except Trouble as problem:
        if "ensurepip" in log.read_text(errors="replace"):
            raise Trouble(
                "This Python cannot make virtual environments. Install the missing part: "
                f"apt-get install python3.{sys.version_info[1]}-venv   (Debian, Ubuntu)"
            ) from None
        raise problem from None


def stamp_of(lock: str) -> Path:
    return VENV / f"karpea-{lock}.stamp"


def value_of(lock: str) -> str:
    return stamps.of([CLONE / "requirements" / f"{lock}.txt"])


def installed(lock: str) -> bool:
    return any(stamps.current(stamp_of(name), value_of(name)) for name in CONTAINED[lock])


def install(lock: str, state: Path) -> None:
    if installed(lock):
        return
    enough_room()
    with step("Fetching Node" if lock == "node" else "Installing packages"):
        # Each file of the lock is checked by hash, so nothing else needs resolving; only wheels,
        # because building one would run code of others.
        process.run(
            [PYTHON, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:",
             "--no-deps", "--no-compile", "--no-input", "--disable-pip-version-check",
             "--retries", "2", "--progress-bar", "off",
             "--requirement", CLONE / "requirements" / f"{lock}.txt"],
            state / "logs" / "packages.log", "Installing packages", cwd=CLONE,
        )  # fmt: skip
        stamps.write(stamp_of(lock), value_of(lock))


def enough_room() -> None:
    """Said before the work starts: pip's own words for a full disk come late and are many."""
    found = os.statvfs(CLONE)
    if found.f_bavail * found.f_frsize < ROOM:
        raise process.disk_full()
