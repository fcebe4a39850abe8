"""`python3 config/local <command>`: finds a Python that fits, then hands over.

This one file is written so that any Python, even version 2, can read it: an old interpreter gets
a sentence or a newer interpreter, never a syntax error.
"""

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def fitting(version):
    return OLDEST <= tuple(version[:2]) <= NEWEST


def other_python():
    """A fitting interpreter on the PATH. Each is really run: some names are only placeholders."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, name)
            if not os.access(path, os.X_OK):
                continue
            probe = subprocess.Popen(
                [path, "-c", "import ssl, venv; print(1)"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            if probe.communicate()[0].strip() == b"1":
                return path
    return None


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    if not fitting(sys.version_info):
        path = other_python()
        if path is None:
            sys.stderr.write(
                "Karpea needs Python 3.11, 3.12 or 3.13, and this is %d.%d. Install one of them, "
                "for example with: apt-get install python3 python3-venv\n" % sys.version_info[:2]
            )
            return 1
        os.execv(path, [path, here] + sys.argv[1:])  # noqa: RUF005 - Python 2 reads this
    if os.name != "posix":
        sys.stderr.write("Karpea runs on Linux and macOS. On Windows, use it inside WSL 2.\n")
        return 1

    # This folder must not be searched for modules (its names would hide the standard library's),
    # and config/ must not be imported (it needs packages that may not be installed yet).
    import importlib.util

    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.util.spec_from_file_location(
        "karpea_local",
        os.path.join(here, "__init__.py"),
        submodule_search_locations=[here],
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["karpea_local"] = package
    spec.loader.exec_module(package)
    commands = importlib.import_module("karpea_local.commands")
    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
