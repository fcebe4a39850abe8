"""A clone that may be read but not written is worked on as a copy in the reader's own state folder."""

import os
import shutil
from pathlib import Path

from .folders import CLONE, fingerprint, own_folder, state_home

# Made by the launcher and by tools; each place has its own.
LEFT_OUT = {".git", ".venv", ".karpea", "node_modules", "__pycache__", "build", "staticfiles"}


def needed(clone: Path = CLONE) -> bool:
    return not os.access(clone, os.W_OK)


def files(root: Path) -> set[Path]:
    found = set()
    for folder, names, inside in os.walk(root):
        names[:] = [name for name in names if name not in LEFT_OUT]
        here = Path(folder).relative_to(root)
        found |= {here / name for name in inside if not name.endswith((".pyc", ".mo"))}
    return found


def refresh(clone: Path, copy: Path) -> None:
    """The copy gets the clone's files and loses those that the clone no longer has."""
    wanted = files(clone)
    for path in files(copy) - wanted:
        (copy / path).unlink()
    for path in wanted:
        source, target = clone / path, copy / path
        if target.exists() and same(source, target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # it may be read-only, as its source is
        shutil.copy2(source, target)


def same(source: Path, target: Path) -> bool:
    one, other = source.stat(), target.stat()
    return (one.st_size, int(one.st_mtime)) == (other.st_size, int(other.st_mtime))


def copy_of(clone: Path = CLONE) -> Path:
    home = state_home() / "karpea"
    home.mkdir(parents=True, exist_ok=True)
    copy = own_folder(home / fingerprint(clone))
    refresh(clone, copy)
    return copy
