"""`make test`, `make check`, `make fix`: the developer's side of the launcher."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import checks, frontend, packages, servers
from .folders import CLONE, state_folder
from .site import words


def test(extra: str) -> int:
    """All of pytest in parallel; a debugger and a chosen number of processes are the reader's."""
    arguments = shlex.split(extra)
    if not any(word.startswith(("-n", "--pdb", "--numprocesses")) for word in arguments):
        arguments = ["-n", "auto", *arguments]
    frontend.build(state_folder())
    words()
    with servers.lent(servers.cluster_named("test")) as env:
        # Whatever the shell says: the suite looks through the eyes of the site.
        env["KARPEA_ROLE"] = "web"
        return in_environment([packages.PYTHON, "-m", "pytest", *arguments], env)


def torture(extra: str) -> int:
    """The tests that take long on purpose, by themselves: `extra` is how often each process is killed."""
    frontend.build(state_folder())
    words()
    with servers.lent(servers.cluster_named("test")) as env:
        env |= {"KARPEA_ROLE": "web", "KARPEA_TORTURE": extra.strip() or "50"}
        return in_environment([packages.PYTHON, "-m", "pytest", "-s", "tests/torture"], env)


def asvs() -> int:
    """Which tests prove which requirement of OWASP ASVS: collected, not run."""
    with servers.lent(servers.cluster_named("test")) as env:
        return in_environment([packages.PYTHON, "-m", "tests.asvs"], env | {"KARPEA_ROLE": "web"})


def bench(extra: str) -> int:
    """The measurements of benchmarks/, in a cluster of their own and through the eyes of the site."""
    words()
    with servers.lent(servers.cluster_named("bench")) as env:
        env["KARPEA_ROLE"] = "web"
        return in_environment([packages.PYTHON, "-m", "benchmarks", *shlex.split(extra)], env)


def check() -> int:
    words()
    with servers.lent(servers.cluster_named("test")) as env:
        return checks.run_all(env)


def fix() -> int:
    ruff = packages.PYTHON.parent / "ruff"
    in_environment([ruff, "check", "--fix", "--quiet", "."], os.environ)
    return in_environment([ruff, "format", "."], os.environ)


def lock(extra: str) -> int:
    """Hashes of every platform's wheels, and no addresses: any index or mirror may serve them."""
    for name in ("base", "dev", "node"):
        arguments = [
            "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links",
            f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt",
        ]  # fmt: skip
        if name == "dev":
            arguments += ["--constraint", "requirements/base.txt"]
        command: list[str | Path] = [
            packages.PYTHON.parent / "uv",
            "pip",
            "compile",
            *arguments,
            *shlex.split(extra),
        ]
        if code := in_environment(command, os.environ):
            return code
    return 0


def in_environment(command: Sequence[str | Path], env: Mapping[str, str]) -> int:
    """In the reader's own terminal: colours, questions and Ctrl-C are the program's."""
    child = subprocess.Popen([str(part) for part in command], cwd=CLONE, env=dict(env))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the terminal has told the program too; it ends in its own time
        except SystemExit:
            child.terminate()
            child.wait()
            raise
