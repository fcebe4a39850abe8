"""Rows as a workbook for Excel.

The workbook around the rows is XlsxWriter's: styles, the frozen heading, everything that makes Excel open a file. The
rows themselves are put into its one sheet from a COPY, because writing them cell by cell through the library costs
fifteen times as much (docs/benchmarks.md). Whole blocks of rows become XML by a few replacements of bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape

from django.db import connection

from audit.columns import Column, Holds, Rows

from . import cells
from .writing import Tick, blocks, local

#: What a sheet holds below its heading, and the signs that a cell holds.
MOST_ROWS = 1_048_575
MOST_SIGNS = 32_767
_SHEET = "xl/worksheets/sheet1.xml"
#: The sheet's part of a file of more than two gigabytes needs another kind of zip, which Excel asks about.
_LARGE = 1_900_000_000

# A cell that is no text comes as <kind> value <end>. Nobody else's text gets in between: see `_is_plain`.
_KINDS = {Holds.DAY: 2, Holds.TIME: 3, Holds.MOMENT: 3, Holds.NUMBER: 4}
_END = b"\x05"
_OPEN, _CLOSE = b'<c t="str"><v>', b"</v></c>"
_STYLED = {2: b'<c s="2"><v>', 3: b'<c s="3"><v>', 4: b"<c><v>"}
#: What COPY escapes, what XML does not know, and the first byte of two more that it does not know.
_ODD = bytes(sign for sign in range(32) if sign not in (2, 3, 4, 5, 10, 31)) + b"\\\xef"


def write_workbook(rows: Rows, file: BinaryIO, tick: Tick, *, title: str, least: int) -> int:
    """The number of rows as PostgreSQL counted them. `least` is how many are expected, for the choice of the zip."""
    select = ", ".join(_cell(column) for column in rows.columns)
    query = (
        f"COPY (SELECT {select} FROM ({rows.sql}) AS e) "  # noqa: S608  our own names
        r"TO STDOUT (FORMAT text, DELIMITER E'\x1f', NULL '')"
    )
    kinds = [_KINDS.get(column.holds, 0) for column in rows.columns]
    is_large = least * (len(rows.columns) * len(_OPEN + _CLOSE) + 600) > _LARGE
    frame = zipfile.ZipFile(_frame(rows, title))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name in frame.namelist():
            if name != _SHEET:
                book.writestr(name, frame.read(name))
        before, after = _around_rows(frame.read(_SHEET))
        with book.open(_SHEET, "w", force_zip64=is_large) as sheet, connection.cursor() as cursor:
            sheet.write(before)
            with cursor.copy(query, rows.params) as lines:
                for block in blocks(lines, tick):
                    sheet.write(_as_xml(block, kinds))
            sheet.write(after)
            return int(cursor.rowcount)


def _frame(rows: Rows, title: str) -> BinaryIO:
    """A workbook with its heading and one row that uses each style, so that it has them: 1 heading, 2 day, 3 time."""
    import xlsxwriter  # only who makes a workbook needs its twelve megabytes

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    heading = book.add_format({"bold": True})
    styles = [book.add_format({"num_format": text}) for text in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")]
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31])
    for at, column in enumerate(rows.columns):
        sheet.set_column(at, at, 20 if column.holds in (Holds.TIME, Holds.MOMENT) else 16)
        sheet.write_string(0, at, column.name, heading)
    for at, style in enumerate(styles):
        sheet.write_number(1, at, 1, style)
    sheet.freeze_panes(1, 0)
    book.close()
    return made


def _around_rows(sheet: bytes) -> tuple[bytes, bytes]:
    """What stands before and after the rows below the heading."""
    before, end, after = re.sub(rb"<dimension [^>]*/>", b"", sheet).partition(b"</sheetData>")
    return before[: before.index(b'<row r="2"')], end + after


def _cell(column: Column) -> str:
    value = {
        Holds.DAY: f"({column.sql} - date '1899-12-30')",
        Holds.TIME: f"date_part('epoch', {local(column.sql)}) / 86400 + 25569",
        Holds.MOMENT: f"date_part('epoch', {local(column.sql)}) / 86400 + 25569",
        Holds.NUMBER: column.sql,
    }.get(column.holds)
    if value:
        return f"chr({_KINDS[column.holds]}) || COALESCE(({value})::text, '') || chr(5)"
    return f"array_to_string({column.sql}, ', ')" if column.holds == Holds.LIST else column.sql


def _as_xml(block: Sequence[bytes], kinds: list[int]) -> bytes:
    joined = b"".join(block)
    if not _is_plain(joined, block, sum(map(bool, kinds))):
        if len(block) == 1:
            return _row(joined, kinds)
        return b"".join(_as_xml([line], kinds) for line in block)
    text = joined.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    text = text.replace(cells.UNIT, _CLOSE + _OPEN)[:-1].replace(b"\n", _CLOSE + b"</row><row>" + _OPEN)
    text = b"<row>" + _OPEN + text + _CLOSE + b"</row>"
    for kind, opening in _STYLED.items():
        if kind in kinds:
            sign = bytes([kind])
            text = text.replace(_OPEN + sign + _END + _CLOSE, b"<c/>").replace(_OPEN + sign, opening)
    return text.replace(_END, b"").replace(_OPEN + _CLOSE, b"<c/>")


def _is_plain(joined: bytes, block: Sequence[bytes], typed: int) -> bool:
    """True where every sign that tells a kind of cell is one of ours (each of our cells has exactly one), and no
    cell needs to be looked at."""
    signs = sum(joined.count(bytes([kind])) for kind in _STYLED)
    return (
        signs == len(block) * typed == joined.count(_END)
        and len(joined.translate(None, _ODD)) == len(joined)
        and max(map(len, block)) <= MOST_SIGNS
        and cells.is_harmless(joined)
    )


def _row(line: bytes, kinds: list[int]) -> bytes:
    """One row, cell by cell."""
    made = [_one(cell, kind) for cell, kind in zip(_cells_of(line[:-1]), kinds, strict=True)]
    return b"<row>" + b"".join(made) + b"</row>"


def _one(cell: str, kind: int) -> bytes:
    if kind:
        value = cell[1:-1].encode()
        return _STYLED[kind] + value + b"</v></c>" if value else b"<c/>"
    text = cells.as_text(cells.for_xml(cell))
    if len(text) > MOST_SIGNS:
        text = text[: MOST_SIGNS - 1] + "…"
    return _OPEN + escape(text).encode() + _CLOSE if text else b"<c/>"


_PARTS = re.compile(r"\\(.)|(\x1f)|([^\\\x1f]+)", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _cells_of(line: bytes) -> Iterator[str]:
    """The cells of a line of COPY's text format."""
    cell: list[str] = []
    for escaped, unit, plain in _PARTS.findall(line.decode()):
        if unit:
            yield "".join(cell)
            cell = []
        else:
            cell.append(_ESCAPED.get(escaped, escaped) if escaped else plain)
    yield "".join(cell)
