"""What somebody uploads, as rows of text; or the sentence why it cannot be a register."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BOM = b"\xef\xbb\xbf"
BIGGEST = 20 * 1024 * 1024
MOST = 50_000
#: The reader has its own limits; this one ends it should they fail.
PATIENCE = 90
READER = Path(__file__).with_name("reader.py")


class Shape(models.TextChoices):
    XLSX = "XLSX", "Excel (XLSX)"
    ODS = "ODS", "OpenDocument (ODS)"
    CSV = "CSV", "CSV"


SENTENCES: dict[str, Promise] = {
    "KIND": _("Choose a file that ends with .xlsx, .ods or .csv."),
    "BIG_FILE": _("The file is bigger than 20 MB. Split it and import each part."),
    "NOT_A_SHEET": _(
        "This file cannot be read as a spreadsheet. Open it in your spreadsheet program, save it as XLSX, ODS or "
        "CSV (UTF-8), and choose it again."
    ),
    "PASSWORD": _("The file is protected by a password. Save it without one, and choose it again."),
    "ENCODING": _(
        "The text of this CSV file is not in UTF-8, so names would be lost. In your spreadsheet program save it as "
        "“CSV UTF-8”, and choose it again."
    ),
    "EMPTY": _("The file has no rows."),
    "TOO_BIG": _("Unpacked, this file is too big to be read. Split it and import each part."),
    "TOO_LONG": _("A register may have up to 50,000 rows. Split it and import each part."),
    "TOO_WIDE": _("A register may have up to 100 columns. Delete those that you do not need."),
}


class CannotRead(Exception):
    """The upload is no register. `sentence` says why, for whoever sent it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, SENTENCES[code]


@dataclass(frozen=True)
class Sheet:
    """The rows that hold anything, with their numbers as the spreadsheet shows them."""

    shape: str
    name: str
    others: int
    rows: list[tuple[int, list[str]]] = field(repr=False)
    #: Cells that take part in a merge over several rows, without the first: (row, column).
    merged: frozenset[tuple[int, int]] = frozenset()


def read(upload: UploadedFile) -> Sheet:
    """Open what was uploaded. Nothing of it touches the disk. Raises CannotRead."""
    shape = Path(upload.name or "").suffix.lower().removeprefix(".").upper()
    if shape not in Shape.values:
        raise CannotRead("KIND")
    if (upload.size or 0) > BIGGEST:
        raise CannotRead("BIG_FILE")
    return _sheet(shape, _run(shape, upload.read()))


def _run(shape: str, data: bytes) -> list[bytes]:
    command = [sys.executable, "-I", str(READER), shape]
    try:
        done = subprocess.run(command, input=data, capture_output=True, env={}, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise CannotRead("TOO_BIG") from None
    lines = done.stdout.splitlines()
    problem = next((json.loads(one)["error"] for one in lines[-1:] if one.startswith(b'{"error"')), None)
    if problem or done.returncode or not lines:
        raise CannotRead(problem or "TOO_BIG")
    return lines


def _sheet(shape: str, lines: list[bytes]) -> Sheet:
    about = json.loads(lines[0])
    rows = [(number, cells) for number, cells in map(json.loads, lines[1:])]
    merged = {
        (row, column)
        for top, left, bottom, right in about["merged"]
        if bottom > top
        for row in range(top + 1, min(bottom, top + MOST) + 1)
        for column in range(left, min(right, left + 100) + 1)
    }
    return Sheet(shape, about["sheet"][:100], about["others"], rows, frozenset(merged))
