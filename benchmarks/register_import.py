"""How fast a register of 50,000 rows is read, checked, imported and taken back, row by row and in memory.

    eval "$(python3 config/local env --test)"; KARPEA_ROLE=web python benchmarks/register_import.py 50000

Works in a database of its own in the suite's cluster and drops it afterwards. Every step is timed in one run, as the
worker does it: one part after the other, each committed.
"""

import datetime
import io
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import xlsxwriter  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import translation  # noqa: E402

from accounts.models import User  # noqa: E402
from audit.context import acting  # noqa: E402
from cases.models import Case, Register  # noqa: E402
from cases.register import actions, plan, reading, work  # noqa: E402
from tests import ground  # noqa: E402

HEADINGS = (
    "ល.រ", "កាលបរិច្ឆេទ", "ឈ្មោះ", "Name in Latin", "ភេទ", "អាយុ", "សញ្ជាតិ", "ខេត្ត", "ស្រុក", "ប្រភព",
    "ទម្រង់នៃការកេងប្រវ័ញ្ច", "ប្រទេស", "លេខទូរស័ព្ទ", "អាសយដ្ឋាន", "ដំណើររឿង", "ស្ថានភាព", "ផ្សេងៗ",
)  # fmt: skip
FAMILY = ["សុខ", "ចាន់", "កែវ", "លី", "ហេង", "ម៉ៅ", "ទេព", "នួន", "អ៊ុក", "ប៉ែន"]
GIVEN = ["ស្រីនាង", "សុភា", "វិច្ឆិកា", "ដារ៉ា", "រតនា", "បុប្ផា", "សុវណ្ណ", "មករា", "ពិសី", "ធារី"]
LATIN = ["Sok", "Chan", "Keo", "Ly", "Heng", "Mao", "Tep", "Nuon", "Ouk", "Pen"]
#: Every 20th row is wrong, each time in another way: (column, what stands there).
WRONG = (
    (4, "?"),
    (5, "many"),
    (1, "31/2/2026"),
    (1, "2569"),
    (9, "a word nobody knows"),
    (3, "cMNab;Garm"),
    (8, "Nowhere"),
)


def row(n: int) -> list[str]:
    chance = random.Random(n)  # noqa: S311  invented rows, the same in every run
    family, given = chance.randrange(10), chance.randrange(10)
    day = datetime.date(2025, 1, 1) + datetime.timedelta(days=n % 600)
    cells = [
        str(n), day.strftime("%d/%m/%Y"), f"{FAMILY[family]} {GIVEN[given]}{n % 500 or ''}", f"{LATIN[family]} Sreymom",
        chance.choice(["ស្រី", "ប្រុស", "F", "M"]), str(chance.randrange(12, 45)), "ខ្មែរ", "បន្ទាយមានជ័យ",
        chance.choice(["ប៉ោយប៉ែត", "មង្គលបូរី", ""]), "HOTLINE_117", chance.choice(["LAB.FISH", "Forced labour", "LAB.DOM"]),
        chance.choice(["ថៃ", "Thailand", "Cambodia"]), f"012 {n:06d}", "ភូមិ ១", "គេបោកប្រាស់ឱ្យទៅធ្វើការ " * 4, "បិទ", "",
    ]  # fmt: skip
    if n % 20 == 0:
        at, text = WRONG[n // 20 % len(WRONG)]
        cells[at] = text
    return cells


def register(number: int) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": True, "in_memory": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    for n in range(1, number + 1):
        for at, text in enumerate(row(n)):
            sheet.write_string(n, at, text)
    book.close()
    return made.getvalue()


def say(name: str, value: str) -> None:
    sys.stdout.write(f"{name:<58}{value:>20}\n")
    sys.stdout.flush()


def timed(name: str, number: int, what: Callable[[], Any]) -> Any:
    begun, busy = time.perf_counter(), time.process_time()
    found = what()
    took, busy = time.perf_counter() - begun, time.process_time() - busy
    say(name, f"{took:.1f} s ({busy:.1f} s busy), {number / took:,.0f} a s")
    return found


def whole() -> None:
    """Everything that waits, however many turns it takes."""
    while work.one_part():
        pass


def measure(number: int, person: User) -> None:
    data = register(number)
    say("the file", f"{len(data) / 1e6:.1f} MB")
    upload = SimpleUploadedFile("register.xlsx", data)
    sheet = timed("reading, in its own process", number, lambda: reading.read(upload))

    def kept() -> Register:
        with acting(person.as_actor()), translation.override("km"):
            return actions.upload(sheet=sheet, by=person)

    made = timed("sealing and keeping the rows", number, kept)

    def matched() -> None:
        with acting(person.as_actor()):
            found = plan.open_plan(made)
            defaults = {"channel": "", "province": "1", "official_involved": "NO"}
            moved = actions.match(register=made, columns=found.columns, defaults=defaults, by=person)
            if moved.status == "MATCHING":
                actions.match_words(register=moved, words={}, by=person)

    timed("matching, with every word looked up", number, matched)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    timed("checking (dry run)", number, whole)
    with acting(person.as_actor()):
        found = Register.objects.get(pk=made.pk)
        say("good, wrong, alike, already", f"{found.good} {found.wrong} {found.alike} {found.already}")
        actions.start_import(register=found, with_alike=True, by=person)
    timed("import", number, whole)
    with acting(person.as_actor()):
        found = Register.objects.get(pk=made.pk)
        say("files made", f"{found.imported:,} of {Case.objects.count():,}")
        actions.take_back(register=found, by=person)
    timed("taking back", found.imported, whole)
    with acting(person.as_actor()):
        found = Register.objects.get(pk=made.pk)
        say("taken back", f"{found.taken_back:,} {found.status}")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say(
        "peak memory of the worker; added by its work",
        f"{after / 1024:.0f} MB; {(after - before) / 1024:.0f} MB",
    )


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    clones = ground.Clones()
    name = clones.new()
    try:
        connections.close_all()
        connection.settings_dict["NAME"] = name
        measure(number, User.objects.get(sign_in_name="officer_bmc"))
    finally:
        connections.close_all()
        clones.drop(name)
        clones.close()


if __name__ == "__main__":
    main()
