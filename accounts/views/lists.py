"""Code lists, and what a province right opens."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions, changes, sections
from ..about import stamp
from ..actions.lists import CODE_FIELDS, RULE_FIELDS
from ..forms.place import CodeForm, NewCodeForm, RuleForm
from ..models import Agency, Code, CodeList, SectionRule
from ..refusals import NotFound
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, refill

#: A larger number is no row's, and the database refuses to be asked.
_MOST = 2**31


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, by the reader's kind of agency."""
    found: dict[str, list[dict[str, Any]]] = {}
    for rule in SectionRule.objects.order_by("pk"):
        found.setdefault(rule.viewer_kind, []).append(
            {"rule": rule, "opens": [sections.LABELS[one] for one in sections.of(rule.sections)]}
        )
    groups = [(kind.label, found.get(kind.value, [])) for kind in Agency.Kind]
    return render(request, "place/rules.html", {"groups": groups})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    found = SectionRule.objects.filter(pk=rule_id).first() if rule_id < _MOST else None
    if found is None:
        raise NotFound
    shown = RuleForm.initial_of(found) | {"seen": stamp(found, RULE_FIELDS)}
    form = refill(request, RuleForm, initial=shown)
    if request.method == "POST" and form.is_valid():
        actions.change_rule(rule=found, **form.cleaned_data, by=request.user)
        messages.success(request, _("The rule is changed. Every file follows it within some minutes."))
        return redirect("place:rules")
    context = {
        "form": form,
        "title": _("%(reader)s reads a file opened by %(opener)s")
        % {"reader": found.get_viewer_kind_display(), "opener": found.get_opened_by_kind_display()},
        "label": _("Save"),
        "lines": [_("Counts for every agency of this kind that holds a right on the province of the file.")],
        "back": reverse("place:rules"),
        "changes": changes.of(found),
    }
    return render(request, "place/form.html", context)


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def code_lists(request: HttpRequest) -> HttpResponse:
    counted: dict[str, list[int]] = {}
    for code_list, confirmed in Code.objects.order_by("pk").values_list("list", "confirmed"):
        numbers = counted.setdefault(code_list, [0, 0])
        numbers[0] += 1
        numbers[1] += not confirmed
    lists = [(one, *counted.get(one.value, [0, 0])) for one in CodeList]
    return render(request, "place/code_lists.html", {"lists": lists})


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def code_list(request: HttpRequest, code_list: str) -> HttpResponse:
    found = _list_or_404(code_list)
    entries = Code.objects.filter(list=found.value).order_by("rank", "code", "pk")
    return render(request, "place/code_list.html", {"list": found, "entries": entries})


def _list_or_404(code: str) -> CodeList:
    if code not in CodeList.values:
        raise NotFound
    return CodeList(code)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
def code_new(request: HttpRequest, code_list: str) -> HttpResponse:
    found = _list_or_404(code_list)
    form = refill(request, NewCodeForm, code_list=found.value)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: actions.add_code(code_list=found.value, **form.cleaned_data, by=request.user)
        )
        if made:
            messages.success(request, _("The code is added. Forms offer it within a minute."))
            return redirect("place:code_list", found.value)
    context = {"form": form, "title": _("Add a code"), "label": _("Add this code"), "caption": found.label}
    return render(
        request, "place/form.html", {**context, "back": reverse("place:code_list", args=[found.value])}
    )


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
def code(request: HttpRequest, code_id: uuid.UUID) -> HttpResponse:
    found = Code.objects.filter(pk=code_id).first()
    if found is None:
        raise NotFound
    shown = {name: getattr(found, name) for name in CODE_FIELDS} | {"seen": stamp(found, CODE_FIELDS)}
    form = refill(request, CodeForm, entry=found, initial=shown)
    if request.method == "POST" and form.is_valid():
        actions.change_code(entry=found, **form.cleaned_data, by=request.user)
        messages.success(request, _("The code is changed. Forms show it within a minute."))
        return redirect("place:code_list", found.list)
    context = {
        "form": form,
        "title": _("Change a code"),
        "label": _("Save"),
        "caption": f"{found.get_list_display()} – {found.code}",
        "lines": [_("Basis: %(basis)s") % {"basis": found.get_basis_display()}],
        "back": reverse("place:code_list", args=[found.list]),
        "changes": changes.of(found),
    }
    return render(request, "place/form.html", context)
