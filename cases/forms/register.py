"""The forms of a register: the file, what its columns are, words that no list knows, what to do with duplicates."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.fields import PlainForm

from ..answers import Answer
from ..register.columns import BY_NAME, COLUMNS, letters, plain
from ..register.plan import Plan
from ..register.reading import Shape
from .fields import EMPTY, district_choices, province_choices, radios
from .intake import SECTIONS

_NOT_READ = [("", _("Do not read this column"))]
#: Columns that are no question of the intake, under the part of it that they belong to.
_BESIDE = {
    "person": ("name", "family_name", "given_name", "age", "home_province"),
    "happened": ("fact_province",),
}
_AS_NOTE = ("old_number", "status", "remarks")
#: Leave a word's cells empty.
NOTHING = "-"


class UploadForm(PlainForm):
    file = forms.FileField(
        label=_("Your register"),
        help_text=_(
            "An XLSX, ODS or CSV (UTF-8) file of up to 20 MB and 50,000 rows, with headings in one row."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{shape.lower()}" for shape in Shape.values)}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file has no rows."),
            "invalid": _("Choose a file."),
        },
    )


def column_choices() -> list[Any]:
    """Everything that a column can be, under the parts of the intake."""
    groups: list[Any] = list(_NOT_READ)
    for form in SECTIONS:
        names = [column.name for column in COLUMNS if column.name in form.base_fields]
        names += _BESIDE.get(form.key, ())
        groups.append((str(form.title), [(name, str(BY_NAME[name].label)) for name in names]))
    groups.append((_now("Beyond the questions"), [(name, str(BY_NAME[name].label)) for name in _AS_NOTE]))
    return groups


class ColumnsForm(PlainForm):
    """One question for each column, and what counts where a cell is empty."""

    official_involved = radios(
        [(Answer.YES, _("Yes")), (Answer.UNSURE, _("Not sure")), (Answer.NO, _("No, nothing points to it"))],
        _(
            "Could an official, a police officer or agency staff be involved, where a row does not say so itself?"
        ),
        help_text=_(
            "If yes or not sure, only you and the national desk for named-only files will see these files: "
            "not your office, not your province."
        ),
    )
    province = forms.ChoiceField(
        label=_("Province that takes the file, where a row does not say so"),
        choices=province_choices,
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("How it was reported, where a row does not say so"),
        choices=lambda: EMPTY + codes.choices("CHANNEL"),
        required=False,
    )

    def __init__(self, *args: Any, plan: Plan, provinces: frozenset[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["province"].choices = province_choices(provinces)  # type: ignore[attr-defined]
        choices = column_choices()
        for at, heading in enumerate(plan.headings):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=f"{letters(at)}: {heading}" if heading.strip() else letters(at),
                choices=choices,
                required=False,
                initial=plan.columns.get(at, ""),
                help_text=self._examples(at),
            )

    def _examples(self, at: int) -> str:
        cells = [
            row[at].strip()
            for number, row in self.plan.top
            if number > self.plan.heading_row and at < len(row)
        ]
        shown = [cell[:40] for cell in dict.fromkeys(cells) if cell][:3]
        return _now("For example: %(values)s") % {"values": " · ".join(shown)} if shown else ""

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column_{at}"] for at in range(len(self.plan.headings))]

    @property
    def other_fields(self) -> list[Any]:
        return [self[name] for name in ("official_involved", "province", "channel")]

    @property
    def columns(self) -> dict[int, str]:
        """What each column was said to be."""
        chosen = ((at, self.cleaned_data.get(f"column_{at}")) for at in range(len(self.plan.headings)))
        return {at: name for at, name in chosen if name}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen: dict[str, int] = {}
        for at, name in self.columns.items():
            if name in seen:
                sentence = _now(
                    "Column %(letters)s is said to be the same. A thing is read from one column only."
                )
                self.add_error(f"column_{at}", sentence % {"letters": letters(seen[name])})
            seen.setdefault(name, at)
        for name in ("province", "channel"):
            if name not in seen and not data.get(name) and name not in self.errors:
                self.add_error(name, _now("No column says so: choose what counts for every row."))
        return data


class WordsForm(PlainForm):
    """One question for each word that no list knows."""

    def __init__(self, *args: Any, plan: Plan, provinces: frozenset[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.provinces = plan, provinces
        self.groups: list[tuple[str, list[Any]]] = []
        self.keys: dict[str, tuple[str, str]] = {}
        for column, words in plan.unknown.items():
            choices = self._choices(column)
            for at, (word, number) in enumerate(words):
                name = f"word_{column}_{at}"
                self.keys[name] = (column, plain(word))
                self.fields[name] = forms.ChoiceField(
                    label=word,
                    choices=choices,
                    required=False,
                    help_text=_now("How often it stands in the register: %(number)s.") % {"number": number},
                )
        for column, words in plan.unknown.items():
            own = [self[f"word_{column}_{at}"] for at in range(len(words))]
            if own:
                self.groups.append((self._title(column), own))

    def _title(self, column: str) -> str:
        at = self.plan.position_of(column)
        heading = self.plan.headings[at] if at is not None else ""
        return f"{letters(at)}: {heading}" if at is not None else str(BY_NAME[column].label)

    def _choices(self, column: str) -> list[Any]:
        known = BY_NAME[column]
        if known.code_list:
            own = codes.choices(known.code_list)
        elif column.endswith("province"):
            own = province_choices(self.provinces if column == "province" else None)[1:]
        elif known.kind == "PLACE":
            own = [] if column == "commune" else district_choices()[1:]
        else:
            field = next(form.base_fields[column] for form in SECTIONS if column in form.base_fields)
            own = [pair for pair in field.choices if pair[0]]  # type: ignore[attr-defined]
        return [("", _now("Not matched: its rows stay wrong")), (NOTHING, _now("Leave empty")), *own]

    @property
    def words(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, (column, key) in self.keys.items():
            if code := self.cleaned_data.get(name):
                found.setdefault(column, {})[key] = "" if code == NOTHING else code
        return found


class ImportForm(PlainForm):
    """What to do with rows that may be somebody who is known already."""

    with_alike = radios(
        [("NO", _("Leave them out, so that I look at each first")), ("YES", _("Import them too"))],
        _("What about the possible duplicates?"),
        initial="NO",
        required=False,
    )


class HeadingsForm(PlainForm):
    row = forms.ChoiceField(label=_("Row that holds the headings"))

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [
            (str(number), f"{number}: {' · '.join(filter(None, cells))[:60]}") for number, cells in plan.top
        ]
        self.fields["row"].choices = rows  # type: ignore[attr-defined]
        self.fields["row"].initial = str(plan.heading_row)
