"""What the tests of exports ask for, make and open again."""

import csv
import io
import json
import uuid

from python_calamine import CalamineWorkbook

from audit.kinds import Kind
from audit.record import Thing, record

URL = "/exports/"


def busy(people, as_, number, **more):
    with as_(people.officer_bmc):
        for n in range(number):
            record(Kind.FILE_READ, Thing(type="case", label=f"BMC-2026-{n:05d}-0", province=1), **more)


def ask(client, kind, shape="CSV", /, **chosen):
    return client.post(URL, {"export": kind, "shape": shape, "once": uuid.uuid4().hex, **chosen})


def download(client, export):
    response = client.get(f"{URL}{export.pk}/file/")
    assert response.status_code == 200, response.status_code
    return response, b"".join(response.streaming_content)


def table(body):
    """The rows of a CSV file by their heading."""
    assert body.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by this mark"
    return list(csv.DictReader(io.StringIO(body[3:].decode(), newline="")))


def lines(body):
    return [json.loads(line) for line in body.decode().split("\n")[:-1]]


def sheet(body):
    """(title, heading, rows) of a workbook, read by another library than the one that wrote it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    (name,) = book.sheet_names
    heading, *rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return name, heading, [dict(zip(heading, row, strict=True)) for row in rows]
