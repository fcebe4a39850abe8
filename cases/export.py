"""Case files as an export: what their list shows of each, and the facts that its sections open. Never a name of a
person, never a word of an account or a note, and never a file that only named people may see.

Which sections are open is asked for each row in the same query, by the rule of access.sections_of_each.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import codes as lists
from accounts import places
from accounts.models import Agency, Place, Province, User
from accounts.models.codes import CodeList
from accounts.roles import Capability
from accounts.sections import Section
from audit.columns import Holds, Rows
from audit.kinds import Precision
from desk.selecting import Select

from . import queries
from .answers import AgeBasis, Answer, RiskLevel, Sex
from .forms.filters import FileFilter
from .models.case import CaseQuerySet
from .states import Status


class Files:
    """Wired to the exports by the setting EXPORTERS."""

    capability = Capability.EXPORT_FILES
    stem = "case-files"
    page = "cases:list"
    title = _("Case files")

    def __init__(self, codes: Mapping[str, str], user: User) -> None:
        self.user = user
        self.files = exported(queries.listed(user, codes))

    @staticmethod
    def chosen(data: Any) -> dict[str, str]:
        """The filter out of what was sent, as codes. Raises ValidationError with what is wrong with it."""
        form = FileFilter(data)
        if not form.is_valid():
            raise ValidationError(
                [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
            )
        return {name: code for name, code in form.cleaned_data.items() if code}

    @staticmethod
    def told(filters: Iterable[Mapping[str, str]]) -> list[list[str]]:
        """Filters in words, one list for each."""
        return [[one["label"] for one in FileFilter(codes).chosen(QueryDict())] for codes in filters]

    def count(self) -> int:
        return int(self.files.order_by().count())

    def rows(self) -> Rows:
        """Newest first, as the list has them."""
        inner, params = self.files.defer("summary_sealed").newest_first().query.sql_with_params()
        select = _select()
        sql = (
            f"SELECT {select.sql} FROM ({inner}) AS c "  # noqa: S608  our own names
            "LEFT JOIN cases_victim AS v ON v.case_id = c.id CROSS JOIN LATERAL ("
            "SELECT COALESCE(bit_or(s.sections), 0) AS sections FROM cases_casescope AS s "
            "WHERE s.case_id = c.id AND s.principal = ANY(%s) AND (s.until IS NULL OR s.until > now()) OFFSET 0"
            ") AS o ORDER BY c.created_at DESC, c.id DESC"
        )
        return Rows(sql, [*select.params, *params, sorted(self.user.rights.principals)], select.columns)


def exported(files: CaseQuerySet) -> CaseQuerySet:
    """Without those that only named people may see: a table of them is read by whoever finds it."""
    return files.filter(named_only=False)


def _select() -> Select:
    """The columns over a file `c`, its person `v` and the sections open to the reader `o`."""
    facts, risk = _opens(Section.FACTS), _opens(Section.RISK)
    agencies = list(Agency.objects.order_by("code", "pk"))
    provinces = list(Province.objects.order_by("pk"))
    select = Select()
    select.add("number", "c.number")
    select.code("status", "c.status", dict(Status.choices))
    select.add("status_since", "c.status_since", Holds.TIME)
    select.label("province", "c.province_id", {one.pk: one.code for one in provinces})
    select.label("province_label", "c.province_id", {one.pk: one.name for one in provinces})
    select.label("owner", "c.agency_id", {one.pk: one.code for one in agencies})
    select.label("owner_label", "c.agency_id", {one.pk: one.name for one in agencies})
    select.code("form", "c.form", lists.labels(CodeList.FORM))
    select.code("sex", "v.sex", dict(Sex.choices))
    select.add("age_min", "v.age_min", Holds.NUMBER)
    select.add("age_max", "v.age_max", Holds.NUMBER)
    select.code("age_basis", "v.age_basis", dict(AgeBasis.choices))
    select.code("is_child", "v.is_child", dict(Answer.choices))
    select.code("risk", "c.risk_level", dict(RiskLevel.choices), when=risk)
    select.code("closure", "c.closure", lists.labels(CodeList.CLOSURE), when=facts)
    select.code("channel", "c.channel", lists.labels(CodeList.CHANNEL), when=facts)
    select.add("reported_on", "c.reported_on", Holds.DAY, when=facts)
    select.code("reported_precision", "c.reported_precision", dict(Precision.choices), when=facts)
    select.code("district", "c.district_id", _names(Place.Level.DISTRICT), when=facts)
    select.code("commune", "c.commune_id", _names(Place.Level.COMMUNE), when=facts)
    select.code("nationality", "v.nationality", lists.labels(CodeList.NATIONALITY), when=facts)
    select.code("language", "v.language", lists.labels(CodeList.LANGUAGE), when=facts)
    select.add("made_at", "c.created_at", Holds.TIME)
    return select


def _opens(section: Section) -> str:
    return f"o.sections & {int(section)} <> 0"


def _names(level: str) -> dict[str, str]:
    return {place.pk: places.name_with_unit(place) for place in Place.objects.filter(level=level)}
