"""Referrals as an export: what their list shows of each, never a word of a packet or a feedback.

An agency that has nothing more to do with the person gets what the list tells it then: between whom, when, and how
it ended. Referrals of files that only named people may see are left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts import codes as lists
from accounts.models import Agency, Province, User
from accounts.models.codes import CodeList
from accounts.roles import Capability
from accounts.sections import Section
from audit.columns import Holds, Rows
from cases.access import visible_cases
from cases.answers import Answer, RiskLevel, Sex
from desk.selecting import Select

from . import queries
from .models import ReferralQuerySet
from .states import READABLE, Basis, Status, Urgency


class Referrals:
    """Wired to the exports by the setting EXPORTERS."""

    capability = Capability.EXPORT_FILES
    stem = "referrals"
    page = "referrals:list"
    title = pgettext_lazy("navigation", "Referrals")

    def __init__(self, codes: Mapping[str, str], user: User) -> None:
        self.user = user
        self.referrals = exported(user, queries.tab_of(user, codes.get("show", "")).rows(user))

    @staticmethod
    def chosen(data: Any) -> dict[str, str]:
        """Which tab of the list it was asked on."""
        show = data.get("show", "")
        return {"show": show} if show in {tab.key for tab in queries.TABS} else {}

    @staticmethod
    def told(filters: Iterable[Mapping[str, str]]) -> list[list[str]]:
        """The tab in words, one list for each."""
        return [[str(tab.label) for tab in queries.TABS if tab.key == codes.get("show")] for codes in filters]

    def count(self) -> int:
        return int(self.referrals.order_by().count())

    def rows(self) -> Rows:
        """The latest step first."""
        file = visible_cases(self.user, Section.REFERRALS).filter(pk=OuterRef("case_id"))
        seen = visible_cases(self.user).filter(pk=OuterRef("case_id"))
        rows = self.referrals.annotate(
            through_file=Exists(file),
            is_open=Q(Exists(file)) | Q(status__in=READABLE) | Q(access_until__gt=timezone.now()),
            file_number=Subquery(seen.values("number")[:1]),
        )
        inner, params = (
            rows.defer("summary_sealed", "justification_sealed").newest_first().query.sql_with_params()
        )
        select = _select()
        services = {str(code): str(label) for code, label in lists.labels(CodeList.SERVICE).items()}
        asked = Select()
        asked.label("label", "one.code", services)
        sql = (
            f"SELECT {select.sql} FROM ({inner}) AS r CROSS JOIN LATERAL ("  # noqa: S608  our own names
            "SELECT array_agg(one.code ORDER BY one.code) AS codes, "
            f"string_agg({asked.sql.removesuffix(' AS label')}, ', ' ORDER BY one.code) AS labels "
            "FROM referrals_referralservice AS one WHERE one.referral_id = r.id"
            ") AS s ORDER BY r.status_since DESC, r.id DESC"
        )
        return Rows(sql, [*select.params, *params, *asked.params], select.columns)


def exported(user: User, rows: ReferralQuerySet) -> ReferralQuerySet:
    """Without those of files that only named people may see. Whoever does not see the file is told by the database
    alone whether it is one (migration 0002); unsure means yes."""
    seen = visible_cases(user).filter(pk=OuterRef("case_id")).values("named_only")[:1]
    said = Func(F("pk"), function="referrals_named_only", output_field=BooleanField())
    return rows.alias(of_named=Coalesce(Subquery(seen), said)).filter(of_named=False)


def _select() -> Select:
    """The columns over a referral `r` and its services `s`."""
    agencies = list(Agency.objects.order_by("code", "pk"))
    provinces = list(Province.objects.order_by("pk"))
    by_code, by_name = ({one.pk: one.code for one in agencies}, {one.pk: one.name for one in agencies})
    still = "r.is_open"
    select = Select()
    select.add("referral_id", "r.id")
    select.add("file_number", "r.file_number")
    select.code("status", "r.status", dict(Status.choices))
    select.add("status_since", "r.status_since", Holds.TIME)
    for name in ("from_agency", "to_agency"):
        select.label(name, f"r.{name}_id", by_code)
        select.label(f"{name}_label", f"r.{name}_id", by_name)
    select.label("province", "r.province_id", {one.pk: one.code for one in provinces}, when=still)
    select.label("province_label", "r.province_id", {one.pk: one.name for one in provinces}, when=still)
    select.add("services", "s.codes", Holds.LIST, when=still)
    select.add("services_label", "s.labels", when=still)
    select.code("urgency", "r.urgency", dict(Urgency.choices), when=still)
    select.code("basis", "r.basis", dict(Basis.choices), when=still)
    select.code("risk", "r.risk_level", dict(RiskLevel.choices), when=still)
    select.code("sex", "r.sex", dict(Sex.choices), when=still)
    select.add("age_min", "r.age_min", Holds.NUMBER, when=still)
    select.add("age_max", "r.age_max", Holds.NUMBER, when=still)
    select.code("is_child", "r.is_child", dict(Answer.choices), when=still)
    # What sender and ministry did before the sending is theirs (queries.steps).
    select.add("asked_at", "r.submitted_at", Holds.TIME, when="r.through_file")
    select.add("sent_at", "r.sent_at", Holds.TIME)
    select.add("answered_at", "r.answered_at", Holds.TIME)
    return select
