"""Runs manage.py: each command as the database role that it needs, each start only what changed."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from . import catalogues, frontend, keys, packages, process, stamps
from .cluster import Cluster
from .folders import CLONE
from .say import Trouble, step

# Packages bring files for pages that we do not have; compressing them takes longer than the rest.
NOT_SERVED = ("rest_framework", "guardian", "ext", "htmx-4*", "htmax-4*", "htmx-2.js")
REFERENCE_DATA = (
    "load_places",
    "load_codes",
    "load_rules",
    "load_conduct",
    "load_release_levels",
    "load_deadlines",
)


def has(command: str) -> bool:
    return any(CLONE.glob(f"*/management/commands/{command}.py"))


def words() -> None:
    try:
        catalogues.compile_all()
    except catalogues.Unreadable as problem:
        raise Trouble(f"A translation cannot be read: {problem}") from None


def manage(command: str, *arguments: str, doing: str, role: str, env: Mapping[str, str], logs: Path) -> None:
    with step(doing):
        process.run(
            [packages.PYTHON, "manage.py", command, *arguments],
            logs / f"{command}.log", doing, cwd=CLONE, env={**env, "KARPEA_ROLE": role},
        )  # fmt: skip


def data_value(env: Mapping[str, str]) -> str:
    """Of the database, and of everything that it is made from: migrations, reference data and
    their packages."""
    address = urlsplit(env["DATABASE_URL_MIGRATOR"])
    where = f"{address.hostname}:{address.port}{address.path}?{address.query}"
    paths = [*CLONE.glob("*/migrations/*.py"), *CLONE.glob("*/management/commands/load_*.py")]
    paths += [path for path in CLONE.glob("*/data/**/*") if path.is_file()]
    return stamps.of([*paths, CLONE / "requirements" / "base.txt"], where)


def prepare(cluster: Cluster, env: Mapping[str, str], logs: Path) -> None:
    stamp, value = cluster.folder / "data.stamp", data_value(env)
    if not stamps.current(stamp, value):
        manage("migrate", "--no-input", doing="Migrating", role="migrator", env=env, logs=logs)
        load(env, logs)
        stamps.write(stamp, value)


def load(env: Mapping[str, str], logs: Path) -> None:
    commands = [name for name in REFERENCE_DATA if has(name)]
    doing = "Loading places, code lists and rules"
    with step(doing):
        process.run(
            [packages.PYTHON, "-m", "config.local.several", *commands],
            logs / "load.log", doing, cwd=CLONE, env={**env, "KARPEA_ROLE": "loader"},
        )  # fmt: skip


def dress(state: Path, env: Mapping[str, str]) -> None:
    frontend.build(state)
    collect(env, state)


def demonstrate(cluster: Cluster, env: Mapping[str, str], logs: Path) -> None:
    """Invented people and files, the first time only, and only into a cluster that we made."""
    done = demonstrated(cluster)
    if env.get("KARPEA_DEMO") != "1" or not cluster.marked or done.exists() or not has("demo"):
        return
    doing = "Loading demonstration data"
    manage("demo", doing=doing, role="loader", env=env, logs=logs)
    done.touch()


def demonstrated(cluster: Cluster) -> Path:
    """The mark of a cluster that has its invented people."""
    return cluster.folder / "demonstration"


def people(cluster: Cluster, env: Mapping[str, str], *arguments: str) -> str:
    """Who can be tried, with passwords. Asked once and kept, because asking takes seconds."""
    name = "-".join(["people", *(one.strip("-") for one in arguments)])
    kept, stamp = cluster.folder / f"{name}.txt", cluster.folder / f"{name}.stamp"
    sources = [*CLONE.glob("*/demo/**/*.py"), *CLONE.glob("*/management/commands/people.py")]
    value = stamps.of(sources)
    if not has("people"):
        return ""
    if not stamps.current(stamp, value):
        done = subprocess.run(
            [packages.PYTHON, "manage.py", "people", *arguments], cwd=CLONE, env={**env, "KARPEA_ROLE": "loader"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            return ""
        keys.write_private(kept, done.stdout)
        stamps.write(stamp, value)
    return kept.read_text(encoding="utf-8")


def code(env: Mapping[str, str], who: str) -> str:
    """Asked anew each time: it changes twice a minute."""
    done = subprocess.run(
        [packages.PYTHON, "manage.py", "code", who], cwd=CLONE, env={**env, "KARPEA_ROLE": "loader"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Trouble((done.stderr.strip().splitlines() or ["No code."])[-1].removeprefix("CommandError: "))
    return done.stdout.strip()


def collect(env: Mapping[str, str], state: Path) -> None:
    # Not beside the files, where it would be served.
    stamp = state / "collected.stamp"
    own = [path for path in CLONE.glob("*/static/**/*") if path.is_file()]
    value = stamps.of([*own, frontend.BUILT / frontend.STAMP, CLONE / "requirements" / "base.txt"])
    if frontend.COLLECTED.is_dir() and stamps.current(stamp, value):
        return
    manage(
        "collectstatic", "--no-input", "--clear", *(f"--ignore={name}" for name in NOT_SERVED),
        doing="Collecting static files", role="web", env=env, logs=state / "logs",
    )  # fmt: skip
    frontend.COLLECTED.mkdir(parents=True, exist_ok=True)
    stamps.write(stamp, value)
