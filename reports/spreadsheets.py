"""The monthly table as Excel and as CSV: numbers as numbers, text never as a formula."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .words import Sheet

#: What a spreadsheet would take for a formula when it stands first.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _rows(sheet: Sheet) -> Iterator[list[Any]]:
    """The whole table as lines of cells; headings are lines of one cell."""
    yield [sheet.title]
    yield [sheet.agency]
    yield [sheet.province, sheet.month, _("Edition %(number)s") % {"number": sheet.edition}, sheet.status]
    yield [_("Counted on"), sheet.cut, _("Definitions, version"), sheet.definitions]
    yield []
    yield [_("Agency"), *(label for label, _meaning, _later in sheet.headings)]
    for line in sheet.lines:
        # What has no records yet is told apart from none.
        yield [line.label, *(_("begins later") if later else cell.value for cell, (*_rest, later) in zip(
            line.cells, sheet.headings, strict=True))]  # fmt: skip
    for part in sheet.parts:
        yield []
        yield [part.title, *part.columns]
        for line in part.lines:
            yield [line.label, *(cell.value for cell in line.cells)]
    yield []
    for label, said in [*sheet.words, *((pgettext("figures", "Notes"), note) for note in sheet.notes)]:
        yield [label, said]
    yield []
    for label, who in ((_("Prepared by"), sheet.prepared), (_("Signed by"), sheet.signed)):
        yield [label, who]
    yield [_("Fingerprint of the signed table:"), sheet.fingerprint]
    yield []
    yield [_("What the figures mean")]
    for label, meaning in sheet.meanings:
        yield [label, meaning]


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with the mark that Excel needs to read Khmer."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_guarded(cell) for cell in row] for row in _rows(sheet))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _guarded(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else "" if cell is None else cell


def as_xlsx(sheet: Sheet) -> bytes:
    from xlsxwriter import Workbook  # only who makes one needs its twelve megabytes

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    look = {"font_name": "Noto Sans Khmer", "font_size": 10, "valign": "top", "text_wrap": True}
    plain, bold = book.add_format(look), book.add_format({**look, "bold": True})
    page = book.add_worksheet(sheet.month[:31])
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 38, plain)
    page.set_column(1, len(sheet.headings), 15, plain)
    heads = {sheet.title, sheet.lines[-1].label, _("Agency"), *(part.title for part in sheet.parts)}
    for number, row in enumerate(_rows(sheet)):
        form = bold if row and row[0] in heads else plain
        for column, cell in enumerate(row):
            page.write(number, column, cell, form)
    book.close()
    return out.getvalue()
