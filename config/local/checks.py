"""The list behind `make check`. Add a line here: a name, and a command as it is typed in the clone.

`needs` names a path or a manage.py command (`manage:name`); a check whose need is missing is left
out with a word, so that the list can be ahead of the code.
"""

import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import packages, site
from .folders import CLONE
from .say import line, spent

COMPOSE = ("docker-compose.yml", "docker-compose.logs.yml")
# Types are strict where a mistake opens a file to the wrong person.
TYPED = (
    "*/lifecycle.py",
    "*/access.py",
    "*/access/*.py",
    "*/actions.py",
    "*/actions/*.py",
    "audit/*.py",
    "config/local/*.py",
)


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    needs: str = ""
    role: str = "web"
    mend: str = ""


def typed_files(root: Path = CLONE) -> tuple[str, ...]:
    found = {path for pattern in TYPED for path in root.glob(pattern)}
    # Written for any Python, even one that cannot read annotations.
    own = {path for path in found if path.name != "__main__.py"}
    return tuple(sorted(str(path.relative_to(root)) for path in own))


def all_checks() -> list[Check]:
    return [
        Check("Lint", ("ruff", "check", "--quiet", "--output-format", "concise", "."), mend="make fix"),
        Check("Format", ("ruff", "format", "--check", "--output-format", "concise", "."), mend="make fix"),
        Check("Types", ("mypy", *typed_files())),
        Check(
            "Containers",
            ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *COMPOSE),
            needs="docker-compose.yml",
        ),
        Check("Templates", ("djlint", "--lint", "--quiet", "templates"), needs="templates"),
        Check("System", ("python", "manage.py", "check", "--fail-level", "WARNING"), needs="manage.py"),
        Check(
            "Migrations",
            ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
            needs="manage.py",
            role="migrator",
            mend="make a migration with a name that says what it does",
        ),
        Check(
            "Generated pages",
            ("python", "manage.py", "docs", "--check"),
            needs="manage:docs",
            mend="python manage.py docs",
        ),
        Check(
            "Translations",
            ("python", "manage.py", "translations", "--check"),
            needs="manage:translations",
        ),
    ]


def there(check: Check) -> bool:
    kind, _, name = check.needs.partition(":")
    if kind == "manage":
        return site.has(name)
    return not check.needs or (CLONE / check.needs).exists()


def run_all(env: Mapping[str, str]) -> int:
    failed = []
    for check in all_checks():
        if not there(check):
            line(f"{check.name} ... not part of this version")
        elif not run_one(check, env):
            failed.append(check)
    for check in failed:
        mend = f" (mend with: {check.mend})" if check.mend else ""
        print(f"Failed: {check.name}{mend}", file=sys.stderr)
    return 1 if failed else 0


def run_one(check: Check, env: Mapping[str, str]) -> bool:
    started = time.monotonic()
    print(f"{check.name} ...", end="", flush=True)
    done = subprocess.run(
        [packages.PYTHON.parent / check.command[0], *check.command[1:]],
        cwd=CLONE, env={**env, "KARPEA_ROLE": check.role},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    line(f" {'good' if done.returncode == 0 else 'FAILED'}, {spent(time.monotonic() - started)}")
    if done.returncode:
        line(f"$ {shlex.join(check.command)}\n{done.stdout.rstrip()}")
    return done.returncode == 0
