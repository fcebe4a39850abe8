"""A register to start from, and every heading that is understood, explained in both languages."""

import io
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts import codes

from .columns import BY_NAME, COLUMNS, Column
from .values import is_khmer

#: What most registers hold; the rest stands on the second sheet.
USUAL = (
    "reported_on", "channel", "province", "district", "name", "sex", "age", "nationality", "forms_of", "country",
    "official_involved", "phone", "status", "remarks",
)  # fmt: skip
#: Two invented people.
ROWS: tuple[dict[str, str], ...] = (
    {
        "reported_on": "3/2/2026", "channel": "HOTLINE_117", "name": "សុខ បុប្ផា", "sex": "FEMALE", "age": "16",
        "nationality": "KHM", "forms_of": "LAB.DOM", "country": "THA", "official_involved": "NO",
    },
    {
        "reported_on": "2026", "channel": "NGO", "name": "Chan Dara", "sex": "MALE", "age": "20-25",
        "nationality": "KHM", "forms_of": "LAB.FISH", "country": "THA", "official_involved": "UNSURE",
    },
)  # fmt: skip


def heading(column: Column) -> str:
    """The first heading that is in the reader's language."""
    in_khmer = (translation.get_language() or "km").startswith("km")
    own = [one for one in column.headings if is_khmer(one) == in_khmer]
    return (own or list(column.headings))[0]


def _kind(column: Column) -> str:
    kinds = {
        "DATE": _("A date: day, month, year. What is not known may be left out: 3/2026, 2026."),
        "AGE": _("A whole number, or two for a range: 15-17."),
        "AGE_ONE": _("A whole number."),
        "PLACE": _("A name in Khmer or Latin letters, or the official code."),
        "CODE": _("A word or code of the list."),
        "CODES": _("One or more words or codes of the list, parted by semicolons."),
        "CHOICE": _("A word of the list."),
    }
    return kinds.get(column.kind, _("Text."))


def _words(column: Column) -> str:
    if column.code_list:
        pairs = codes.choices(column.code_list)
    elif column.kind == "CHOICE":
        from ..forms.intake import SECTIONS

        field: Any = next(
            form.base_fields[column.name] for form in SECTIONS if column.name in form.base_fields
        )
        pairs = [(code, label) for code, label in field.choices if code]
    else:
        return ""
    return "; ".join(f"{code} = {label}" for code, label in pairs)[:30_000]


def workbook() -> bytes:
    """The sample as XLSX. Everything in it is text: a spreadsheet works nothing out."""
    import xlsxwriter  # only who makes a workbook needs its twelve megabytes

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    bold, wrap = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    first = book.add_worksheet(_("Register")[:31])
    first.set_column(0, len(USUAL) - 1, 22)
    for at, name in enumerate(USUAL):
        first.write_string(0, at, heading(BY_NAME[name]), bold)
        for down, row in enumerate(ROWS, start=1):
            first.write_string(down, at, row.get(name, ""))
    first.freeze_panes(1, 0)
    second = book.add_worksheet(_("Headings")[:31])
    for at, (title, width) in enumerate(
        (
            ("ខ្មែរ", 34),
            ("English", 34),
            ("HTCDS v2.0", 30),
            (_("What it is"), 44),
            (_("What may stand in it"), 44),
            (_("List"), 80),
        )
    ):
        second.set_column(at, at, width)
        second.write_string(0, at, title, bold)
    for down, column in enumerate(COLUMNS, start=1):
        for at, text in enumerate(_explained(column)):
            second.write_string(down, at, text, wrap)
    second.freeze_panes(1, 0)
    book.close()
    return made.getvalue()


def _explained(column: Column) -> tuple[str, ...]:
    htcds = [one for one in column.headings if one[3:4] == "_"]
    khmer = [one for one in column.headings if is_khmer(one)]
    english = [one for one in column.headings if one not in htcds and one not in khmer]
    return (
        "; ".join(khmer), "; ".join(english), "; ".join(htcds), str(column.label), _kind(column), _words(column),
    )  # fmt: skip
