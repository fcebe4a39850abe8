"""Code lists, and the rules of what a province right opens: data that people confirm, never constants."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from audit.kinds import Kind
from audit.record import Thing, record

from .. import codes
from ..about import changed, check_stamp
from ..access import check_runs_place
from ..models import Code, SectionRule, User

#: What is edited on a code. The code itself, its list and its counterparts in other systems stay.
CODE_FIELDS = ("label_km", "label_en", "valid_until", "confirmed", "note")
RULE_FIELDS = ("sections", "confirmed")


@transaction.atomic
def add_code(
    *,
    code_list: str,
    code: str,
    label_km: str,
    label_en: str,
    by: User,
    parent: str = "",
    valid_until: datetime.date | None = None,
    confirmed: bool = False,
    note: str = "",
) -> Code:
    """A new code at the end of its list. It is this place's own: no loader ever changes it."""
    check_runs_place(by)
    entry = Code(
        list=code_list,
        code=code,
        parent=parent,
        label_km=label_km,
        label_en=label_en,
        rank=_last_rank(code_list) + 1,
        valid_until=valid_until,
        confirmed=confirmed,
        basis=Code.Basis.DESIGN,
        note=note,
        edited_at=timezone.now(),
        edited_by=by.pk,
    )
    entry.save(force_insert=True)
    record(Kind.CODE_ADDED, _of_code(entry), detail={"confirmed": confirmed})
    transaction.on_commit(codes.forget)
    return entry


def _last_rank(code_list: str) -> int:
    ranks = Code.objects.filter(list=code_list).order_by("-rank", "pk").values_list("rank", flat=True)
    return ranks.first() or 0


@transaction.atomic
def change_code(
    *,
    entry: Code,
    label_km: str,
    label_en: str,
    valid_until: datetime.date | None,
    confirmed: bool,
    note: str,
    by: User,
    seen: str | None = None,
) -> Code:
    """Change how a code is called, until when it is offered, and whether somebody has confirmed it."""
    check_runs_place(by)
    entry = Code.objects.select_for_update().get(pk=entry.pk)
    check_stamp(entry, CODE_FIELDS, seen)
    names = changed(
        entry,
        {
            "label_km": label_km,
            "label_en": label_en,
            "valid_until": valid_until,
            "confirmed": confirmed,
            "note": note,
        },
    )
    if names:
        entry.edited_at, entry.edited_by = timezone.now(), by.pk
        entry.save(update_fields=[*names, "edited_at", "edited_by"])
        record(Kind.CODE_CHANGED, _of_code(entry), fields=names, detail={"confirmed": confirmed})
        transaction.on_commit(codes.forget)
    return entry


@transaction.atomic
def change_rule(
    *, rule: SectionRule, sections: int, confirmed: bool, by: User, seen: str | None = None
) -> SectionRule:
    """Change what a province right opens between two kinds of agency. Who sees which file is worked out anew for
    every file, by whoever holds the files (setting AFTER_RULE_CHANGE)."""
    check_runs_place(by)
    rule = SectionRule.objects.select_for_update().get(pk=rule.pk)
    check_stamp(rule, RULE_FIELDS, seen)
    names = changed(rule, {"sections": sections, "confirmed": confirmed})
    if names:
        rule.save(update_fields=names)
        between = f"{rule.viewer_kind} – {rule.opened_by_kind}"
        record(
            Kind.RULE_CHANGED,
            Thing(type="rule", id=str(rule.pk), label=between),
            fields=names,
            detail={"sections": sections, "confirmed": confirmed},
        )
        if "sections" in names:
            transaction.on_commit(import_string(settings.AFTER_RULE_CHANGE))
    return rule


def _of_code(entry: Code) -> Thing:
    named = f"{entry.list} {entry.code}"
    return Thing(type="code", id=str(entry.pk), label=named)
