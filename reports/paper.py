"""The monthly table on paper: Typst lays it out, in Khmer or English, with places for signature and stamp.

Everything goes in as one JSON value, so that nothing that people typed is ever read as markup.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from .models import MonthlyTable
from .words import Sheet

TEMPLATE = Path(__file__).resolve().parent / "paper" / "monthly.typ"


def pdf(table: MonthlyTable, sheet: Sheet) -> bytes:
    """The pages as PDF, in the language of now."""
    import typst  # only who prints needs its seven megabytes

    made: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        font_paths=[str(folder) for folder in settings.PRINT_FONTS if folder.is_dir()],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_data(table, sheet), ensure_ascii=False)},
        timestamp=int((table.signed_at or table.cut).timestamp()),
    )
    return made


def _data(table: MonthlyTable, sheet: Sheet) -> dict[str, Any]:
    printed = asdict(sheet)
    # A cell is a tuple with its label and key, which paper has no use for.
    for part in (printed, *printed["parts"]):
        for line in part["lines"]:
            line["cells"] = [cell[0] for cell in line["cells"]]
    return {
        "lang": (get_language() or "km")[:2],
        "sheet": printed,
        "words": _words(sheet),
        # What has no records yet is said once, under its columns.
        "meanings": [one for one in sheet.meanings if one[0] not in {h[0] for h in sheet.headings if h[2]}],
        "unsigned": "" if table.is_frozen else _("Not signed in the system: a draft, not a report."),
        "signatures": [
            [_("Prepared by"), sheet.prepared],
            [_("Checked by"), ""],
            [_("Seen and approved: head of the department, signature and stamp"), sheet.signed],
        ],
        "footer": _(
            "Counted on %(cut)s from what was recorded until then. Definitions, version %(version)s. "
            "For the ministry and the committee; not for publication."
        )
        % {"cut": sheet.cut, "version": sheet.definitions},
    }


def _words(sheet: Sheet) -> dict[str, str]:
    return {
        "kingdom": _("Kingdom of Cambodia"),
        "motto": _("Nation Religion King"),
        "ministry": _("Ministry of Social Affairs, Veterans and Youth Rehabilitation"),
        "edition": _("Edition %(number)s") % {"number": sheet.edition},
        "fingerprint": _("Fingerprint of the signed table:"),
        "page": _("Page %(page)s of %(pages)s") % {"page": "#", "pages": "$"},
        "agency": _("Agency"),
        "later": _("Grey columns: these records begin later; an empty box does not mean none."),
        "nothing": _("None in this month."),
        "notes": pgettext("figures", "Notes"),
        "done-at": _("Done at …………………, on ……… / ……… / ………………"),
        "meanings": _("What the figures mean"),
    }
