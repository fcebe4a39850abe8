"""Opens a spreadsheet in a process apart: bytes in, rows of text out, one JSON line each.

What people upload may be made to harm (a bomb of zeros, a cell at the end of the world), and native code reads it. So
this runs alone (cases/register/reading.py): without the database, without keys, with a limit on memory and time. It
imports nothing of the project. Formulas are never worked out; what the spreadsheet last showed is what counts.
"""

import csv
import datetime
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

MEMORY = 1536 * 1024 * 1024
SECONDS = 60
UNPACKED = 400 * 1024 * 1024
PARTS = 2000
#: One more than a register may have, with room for a title above its headings.
MOST_ROWS, MOST_COLUMNS, LONGEST = 50_050, 100, 20_001

Rows = Iterator[tuple[int, list[str]]]


class Unreadable(Exception):
    """Why the file cannot be a register; the code of a sentence."""


def limit() -> None:
    """As far as the system knows such limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text(value: Any) -> str:
    """A cell as a person reads it. A date without its midnight, a whole number without its point."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return str(value)[:LONGEST].replace("\x00", "")


def check_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        raise Unreadable("NOT_A_SHEET") from None
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Unreadable("TOO_BIG")


def sheet_rows(data: bytes) -> tuple[dict[str, Any], Rows]:
    """The first visible sheet that holds anything."""
    import python_calamine as calamine

    check_zip(data)
    try:
        book = calamine.load_workbook(io.BytesIO(data))
    except calamine.PasswordError:
        raise Unreadable("PASSWORD") from None
    except (calamine.CalamineError, ValueError, OSError):
        raise Unreadable("NOT_A_SHEET") from None
    seen = [
        meta.name for meta in book.sheets_metadata
        if meta.visible == calamine.SheetVisibleEnum.Visible and meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]  # fmt: skip
    sheets = [book.get_sheet_by_name(name) for name in seen]
    filled = [sheet for sheet in sheets if sheet.start is not None]
    if not filled:
        raise Unreadable("EMPTY")
    sheet = filled[0]
    top, left = sheet.start
    merged = [
        [r + 1, c, last + 1, end]
        for (r, c), (last, end) in (sheet.merged_cell_ranges or [])
        if (r, c) != (last, end)
    ]
    about = {"sheet": sheet.name, "others": len(filled) - 1, "merged": merged[:5000]}
    if left + sheet.width > MOST_COLUMNS:
        raise Unreadable("TOO_WIDE")
    rows = sheet.to_python(skip_empty_area=True)
    wrong = error_cells(data, [meta.name for meta in book.sheets_metadata].index(sheet.name))
    return about, marked(
        ((top + 1 + i, [""] * left + [text(v) for v in row]) for i, row in enumerate(rows)), wrong
    )


def error_cells(data: bytes, position: int) -> dict[int, set[int]]:
    """Where a formula shows an error, by row: calamine reads such a cell as empty, and nobody would miss it."""
    found: dict[int, set[int]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        try:
            ids = re.findall(rb'<sheet\b[^>]*\br:id="([^"]+)"', packed.read("xl/workbook.xml"))
            links = packed.read("xl/_rels/workbook.xml.rels")
            link = next(
                one
                for one in re.findall(rb"<Relationship\b[^>]*>", links)
                if b'Id="' + ids[position] + b'"' in one
            )
            target = re.search(rb'Target="/?(?:xl/)?([^"]+)"', link)
            body = packed.read("xl/" + target[1].decode()) if target else b""
        except (KeyError, IndexError, StopIteration):
            return found  # not an XLSX file of the usual shape
    for letters, row in re.findall(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*\bt="e"', body):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        found.setdefault(int(row), set()).add(column - 1)
    return found


def marked(rows: Rows, wrong: dict[int, set[int]]) -> Rows:
    for number, cells in rows:
        whole = cells + [""] * (max(wrong.get(number, ()), default=-1) + 1 - len(cells))
        yield number, ["#ERROR" if at in wrong.get(number, ()) else cell for at, cell in enumerate(whole)]


def decoded(data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark. Anything else would be guessed, and a name guessed wrong is lost."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\x00" in data[:2000]:
        raise Unreadable("NOT_A_SHEET")
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("ENCODING") from None


def csv_rows(data: bytes) -> tuple[dict[str, Any], Rows]:
    body = decoded(data).replace("\x00", "")
    if not body.strip():
        raise Unreadable("EMPTY")
    csv.field_size_limit(200_000)
    first = body[:5000].splitlines()[:20]
    mark = max(",;\t", key=lambda one: sum(line.count(one) for line in first))
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=mark)
    numbered = ((i, [cell[:LONGEST] for cell in row]) for i, row in enumerate(rows, start=1))
    return {"sheet": "", "others": 0, "merged": []}, numbered


def main() -> None:
    limit()
    out = sys.stdout
    try:
        data = sys.stdin.buffer.read()
        about, rows = (csv_rows if sys.argv[1] == "CSV" else sheet_rows)(data)
        out.write(json.dumps(about) + "\n")
        count = 0
        for number, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            while cells and not cells[-1].strip():
                cells.pop()
            if count > MOST_ROWS:
                raise Unreadable("TOO_LONG")
            if len(cells) > MOST_COLUMNS:
                raise Unreadable("TOO_WIDE")
            out.write(json.dumps([number, cells], ensure_ascii=True) + "\n")
        if not count:
            raise Unreadable("EMPTY")
    except Unreadable as why:
        out.write(json.dumps({"error": str(why)}) + "\n")
    except csv.Error:
        out.write(json.dumps({"error": "NOT_A_SHEET"}) + "\n")
    except MemoryError:
        out.write(json.dumps({"error": "TOO_BIG"}) + "\n")


if __name__ == "__main__":
    main()
