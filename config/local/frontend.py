"""Builds static/build/ from static/src/ when the sources or their lock have changed."""

from collections.abc import Iterator
from pathlib import Path

from . import node, process, stamps
from .folders import CLONE
from .say import line, step

SOURCES = CLONE / "static" / "src"
BUILT = CLONE / "static" / "build"
COLLECTED = CLONE / "staticfiles"
# Dot files are not collected, so the stamp is never served.
STAMP = ".karpea-stamp"


def source_files() -> Iterator[Path]:
    for path in SOURCES.rglob("*"):
        if "node_modules" not in path.parts and path.is_file():
            yield path


def is_built() -> bool:
    return stamps.current(BUILT / STAMP, stamps.of(source_files()))


def install(state: Path) -> None:
    """The packages that the build needs, where it is needed: the one part that asks the network."""
    lock = stamps.of([SOURCES / "package-lock.json"])
    installed = SOURCES / "node_modules" / STAMP
    if not (SOURCES / "package-lock.json").is_file() or is_built() or stamps.current(installed, lock):
        return
    found = node.find(state)
    with step("Installing front-end packages"):
        process.run(
            [*found.npm, "ci", "--ignore-scripts"], state / "logs" / "frontend.log",
            "Installing front-end packages", cwd=SOURCES, env=found.env,
        )  # fmt: skip
        stamps.write(installed, lock)


def build(state: Path) -> None:
    if not (SOURCES / "package-lock.json").is_file():
        line("The front end has no sources yet: pages come without style.")
        return
    value = stamps.of(source_files())
    if stamps.current(BUILT / STAMP, value):
        return
    install(state)
    found = node.find(state)
    log = state / "logs" / "frontend.log"
    with step("Building the front end"):
        process.run([*found.npm, "run", "build"], log, "Building the front end", cwd=SOURCES, env=found.env)
        stamps.write(BUILT / STAMP, value)
