"""What `make` calls: one entry per command."""

import argparse
import contextlib
import errno
import json
import os
import shlex
import signal
import sys
import traceback
from types import FrameType

from . import environment, mirror, packages, ports, process, servers
from .folders import CLONE, state_folder
from .say import Trouble, trouble


def env(options: argparse.Namespace) -> int:
    cluster = servers.cluster_named("test" if options.test else "main")
    with contextlib.redirect_stdout(sys.stderr):
        servers.up(cluster)
    servers.kept(cluster).touch()
    for name, value in environment.of(cluster).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def run(options: argparse.Namespace) -> int:
    from . import serve

    return serve.run()


def people(options: argparse.Namespace) -> int:
    from . import serve

    return serve.people()


def code(options: argparse.Namespace) -> int:
    from . import serve

    return serve.code(options.who)


def reset(options: argparse.Namespace) -> int:
    from . import serve

    return serve.reset()


def stop(options: argparse.Namespace) -> int:
    from . import serve

    return serve.stop()


def test(options: argparse.Namespace) -> int:
    from . import suite

    return suite.test(options.arguments)


def torture(options: argparse.Namespace) -> int:
    from . import suite

    return suite.torture(options.arguments)


def asvs(options: argparse.Namespace) -> int:
    from . import suite

    return suite.asvs()


def bill(options: argparse.Namespace) -> int:
    from . import sbom

    print(json.dumps(sbom.bill(), indent=2))
    return 0


def weak(options: argparse.Namespace) -> int:
    from . import weaknesses

    return weaknesses.report()


def bench(options: argparse.Namespace) -> int:
    from . import suite

    return suite.bench(options.arguments)


def check(options: argparse.Namespace) -> int:
    from . import suite

    return suite.check()


def fix(options: argparse.Namespace) -> int:
    from . import suite

    return suite.fix()


def lock(options: argparse.Namespace) -> int:
    from . import suite

    return suite.lock(options.arguments)


# What each does, and the packages it needs.
COMMANDS = {
    "run": (run, "base", "start the site with demonstration data; PORT=8000"),
    "people": (people, "base", "everybody who can be tried, with the password"),
    "code": (code, "base", "the code with which one of them signs in now; WHO=officer.bmc"),
    "test": (test, "dev", "run the suite; ARGS='-k intake'"),
    "torture": (torture, "dev", "kill everything again and again; ARGS=50 kills of each"),
    "asvs": (asvs, "dev", "which requirement of OWASP ASVS 5.0 is proven by which tests"),
    "sbom": (bill, "dev", "all parts with version and fingerprint, as CycloneDX"),
    "weaknesses": (weak, "base", "which parts have a known weakness, and which of these is past its time"),
    "bench": (bench, "dev", "what things cost, as ratios; ARGS='--large 1000000'"),
    "check": (check, "dev", "lint, types, containers, templates, migrations, generated pages, translations"),
    "fix": (fix, "dev", "mend what lint and format can mend"),
    "reset": (reset, "base", "delete the data that this launcher made"),
    "stop": (stop, "base", "end a site that runs from this folder, and its services"),
    "env": (env, "base", "start the services and print what a shell needs"),
    "lock": (lock, "dev", "make the lock files anew; ARGS=--upgrade"),
}


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python3 config/local")
    parts = whole.add_subparsers(required=True, metavar="command", dest="command")
    for name, (_, _, words) in COMMANDS.items():
        one = parts.add_parser(name, help=words)
        if name in ("test", "torture", "bench", "lock"):
            one.add_argument("--arguments", default="", help="given on as they are")
        if name == "code":
            one.add_argument("--who", default="", help="a sign-in name of the demonstration")
        if name == "env":
            one.add_argument("--test", action="store_true", help="the suite's own cluster")
    return whole


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    call, lock_file, _ = COMMANDS[options.command]
    signal.signal(signal.SIGTERM, end)
    try:
        if mirror.needed():
            return elsewhere(arguments)
        os.chdir(CLONE)
        if options.command == "run":
            ports.look_first(state_folder() / "run.lock")
        # The output of `env` is given to eval, that of `sbom` to a file, so everything else goes to the error stream.
        aside = sys.stderr if options.command in ("env", "sbom") else sys.stdout
        with contextlib.redirect_stdout(aside):
            packages.enter(lock_file, arguments)
        return call(options)
    except Trouble as problem:
        trouble(problem)
    except OSError as problem:
        trouble(of_the_machine(problem))
    except KeyboardInterrupt:
        return 130
    return 1


def end(number: int, frame: FrameType | None) -> None:
    """Ends as an exception does, so that what we started is ended too."""
    raise SystemExit(128 + number)


def elsewhere(arguments: list[str]) -> int:
    copy = mirror.copy_of()
    print(f"This folder may only be read, so a copy in {copy} is used.", file=sys.stderr)
    os.execv(sys.executable, [sys.executable, str(copy / "config" / "local"), *arguments])  # noqa: S606


def of_the_machine(problem: OSError) -> Trouble:
    """A full disk can show anywhere. Other refusals are told with their path; the place in our
    code, which only a developer needs, goes to a file."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return process.disk_full()
    try:
        log = state_folder() / "logs" / "launcher.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(traceback.format_exc())
        more = f" (more: {log})"
    except (OSError, Trouble):
        more = ""
    return Trouble(f"The machine refused something: {problem}{more}")
