"""Registers as people really make them: a spreadsheet, the actions of the product, and a worker's parts."""

import csv
import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.context import acting
from cases.models import Register
from cases.register import actions, batches, plan, reading

DEFAULTS = {"channel": "HOTLINE_117", "province": "1", "official_involved": "NO"}


def as_csv(rows, encoding="utf-8-sig", delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows, change=lambda book, sheet: None):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for down, row in enumerate(rows):
        for at, cell in enumerate(row):
            if cell not in ("", None):
                sheet.write(down, at, cell)
    change(book, sheet)
    book.close()
    return made.getvalue()


def upload_of(data, name="register.xlsx"):
    return SimpleUploadedFile(name, data)


def read(data, name="register.csv"):
    return reading.read(upload_of(data, name))


def upload(person, rows):
    """Uploaded, its columns guessed. `rows` are rows, or a sheet that was read."""
    sheet = rows if isinstance(rows, reading.Sheet) else read(as_csv(rows))
    with acting(person.as_actor()):
        return actions.upload(sheet=sheet, by=person)


def now(register, person):
    with acting(person.as_actor()):
        return Register.objects.get(pk=register.pk)


def parts(register, person):
    """What a worker does until nothing is left to do; inside the caller's own transaction."""
    for _part in range(1000):
        register = now(register, person)
        if register.status not in ("CHECKING", "IMPORTING", "UNDOING"):
            return register
        with acting(person.as_actor()):
            batches.step(register, person)
    raise AssertionError("a register never ends")


def match(register, person, columns=None, words=None, **defaults):
    with acting(person.as_actor()):
        found = plan.open_plan(register)
        moved = actions.match(
            register=register,
            columns=found.columns if columns is None else columns,
            defaults={**DEFAULTS, **defaults},
            by=person,
        )
        if moved.status == "MATCHING":
            moved = actions.match_words(register=moved, words=words or {}, by=person)
    return moved


def make_register(person, rows, **more):
    """Uploaded, matched as guessed, checked."""
    return parts(match(upload(person, rows), person, **more), person)


def import_register(person, rows, *, start=True, with_alike=False, **more):
    """And imported."""
    register = make_register(person, rows, **more)
    if start:
        with acting(person.as_actor()):
            register = actions.start_import(register=register, with_alike=with_alike, by=person)
    return parts(register, person)
