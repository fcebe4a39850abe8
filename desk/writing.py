"""Rows as a file, as PostgreSQL itself gives them (COPY): a million need no memory here.

CSV is for spreadsheets: a mark that says UTF-8 first, and no cell is a formula. JSON Lines is for machines: the exact
values. Both are what the row's query says and nothing else; a workbook is made in workbook.py.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from django.db import connection

from audit.columns import Column, Holds, Rows

from . import cells

BOM = b"\xef\xbb\xbf"
#: Rows in a block: enough that a step in Python costs little beside them, few enough that PostgreSQL goes on meanwhile.
BLOCK = 200
#: Signs that never stand in JSON text: with them as quote and separator COPY writes each object as it is.
_AS_IT_IS = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"
_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"+07:00"'
#: Told how many rows have been written so far.
Tick = Callable[[int], object]


def local(sql: str) -> str:
    """A time on the clocks of Cambodia."""
    return f"({sql} AT TIME ZONE 'Asia/Phnom_Penh')"


def blocks(lines: Iterable[bytes], tick: Tick) -> Iterator[list[bytes]]:
    """The rows of a COPY, each with its line end, a block at a time."""
    rows, done = iter(lines), 0
    while block := list(islice(rows, BLOCK)):
        yield block
        done += len(block)
        tick(done)


def write_csv(rows: Rows, file: BinaryIO, tick: Tick) -> int:
    """The number of rows as PostgreSQL counted them."""
    names = ",".join(column.name for column in rows.columns)
    file.write(BOM + names.encode() + b"\r\n")
    with connection.cursor() as cursor:
        with cursor.copy(csv_query(rows), rows.params) as lines:
            file.writelines(_csv_block(block) for block in blocks(lines, tick))
        return int(cursor.rowcount)


def csv_query(rows: Rows) -> str:
    select = ", ".join(_csv_cell(column) for column in rows.columns)
    return f"COPY (SELECT {select} FROM ({rows.sql}) AS e) TO STDOUT (FORMAT csv)"  # noqa: S608  our own names


def _csv_block(block: list[bytes]) -> bytes:
    """With line ends as spreadsheets expect them, and without formulas."""
    joined = b"".join(block)
    ended = joined.replace(b"\n", b"\r\n")
    if len(ended) - len(joined) == len(block) and cells.is_harmless(joined):
        return ended
    return b"".join(_csv_line(bytes(line)) for line in block)


def _csv_line(line: bytes) -> bytes:
    if line.count(b"\n") == 1 and cells.is_harmless(line):
        return line[:-1] + b"\r\n"
    (row,) = csv.reader([line[:-1].decode()])
    safe = io.StringIO()
    csv.writer(safe, lineterminator="\r\n").writerow([cells.as_text(cell) for cell in row])
    return safe.getvalue().encode()


def _csv_cell(column: Column) -> str:
    if column.holds == Holds.TIME:
        return f"{local(column.sql)}::timestamp(0)"
    if column.holds == Holds.MOMENT:
        return f"to_char({local(column.sql)}, '{_MOMENT}')"
    return f"array_to_string({column.sql}, ', ')" if column.holds == Holds.LIST else column.sql


def write_json_lines(rows: Rows, file: BinaryIO, tick: Tick) -> int:
    """The number of rows as PostgreSQL counted them."""
    select = ", ".join(f"{_json_value(column)} AS {column.name}" for column in rows.columns)
    lines = f"SELECT {select} FROM ({rows.sql}) AS e"  # noqa: S608  our own names
    query = f"COPY (SELECT row_to_json(line) FROM ({lines}) AS line) TO STDOUT ({_AS_IT_IS})"  # noqa: S608
    with connection.cursor() as cursor:
        with cursor.copy(query, rows.params) as copy:
            for block in blocks(copy, tick):
                file.writelines(block)
        return int(cursor.rowcount)


def _json_value(column: Column) -> str:
    if column.holds in (Holds.TIME, Holds.MOMENT):
        return f"to_char({local(column.sql)}, '{_MOMENT}')"
    return column.sql
