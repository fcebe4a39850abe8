"""Which backups are kept: the newest of each of the last days, and of each of the last months."""

import os
import re
from pathlib import Path

from . import manifest

NAME = re.compile(rf"{manifest.PREFIX}(\d{{4}})(\d{{2}})(\d{{2}})T\d{{6}}Z{re.escape(manifest.DUMP)}\Z")


def kept_days() -> int:
    return max(1, int(os.environ.get("KARPEA_BACKUP_DAYS", "14")))


def kept_months() -> int:
    return max(0, int(os.environ.get("KARPEA_BACKUP_MONTHS", "12")))


def over(folder: Path, *, days: int, months: int) -> list[Path]:
    """Backups whose time is over. What is not called like one of ours is nobody's business here."""
    found = [(path, match) for path in manifest.dumps(folder) if (match := NAME.match(path.name))]
    keep: set[Path] = set()
    for size, parts in ((days, (1, 2, 3)), (months, (1, 2))):
        newest: dict[tuple[str, ...], Path] = {}
        for path, match in found:  # the newest first
            newest.setdefault(match.group(*parts), path)
        keep |= set(list(newest.values())[:size])
    return [path for path, _match in found if path not in keep]


def expire(folder: Path, *, days: int, months: int) -> list[Path]:
    old = over(folder, days=days, months=months)
    for path in old:
        path.unlink(missing_ok=True)  # the dump first: a page alone is no backup
        manifest.page_of(path).unlink(missing_ok=True)
    return old
