"""Signs of life of the processes without a page: a file each, touched while they work, beside the exports.

A probe and the operator's figures read how old each is. They hold nothing.
"""

import time
from pathlib import Path

from django.conf import settings


def _file(name: str) -> Path:
    return Path(settings.FILES_DIR) / "alive" / name


def sign(name: str) -> None:
    """A folder that cannot be written must not stop the work itself."""
    path = _file(name)
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.touch()
    except OSError:
        return


def age(name: str) -> float | None:
    """Seconds since the last sign; None where there never was one."""
    try:
        return max(0.0, time.time() - _file(name).stat().st_mtime)
    except OSError:
        return None
