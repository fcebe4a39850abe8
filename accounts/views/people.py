"""The list of people, and one person's page."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import changes, queries
from ..access import above, helped_by, is_whole, roles_to_give, runs_place
from ..conduct import accepted_by
from ..forms.people import PeopleFilter, SearchForm
from ..held import has_factor
from ..models import Membership, ProvincePersonRight, Slip, User
from ..places import name_with_unit
from ..places import provinces as all_provinces
from ..printed import printed_the_slip
from ..roles import CAN_BE_STOOD_IN_FOR, SENTENCES, Capability
from ..standing import stand_ins_of
from .doors import needs, person_or_404


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Filters stand in the address, a name is sent by POST and stands in none."""
    form = PeopleFilter(request.GET or None, by=request.user)
    search = SearchForm(request.POST if request.method == "POST" else None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    name = search.cleaned_data["name"] if search.is_bound and search.is_valid() else ""
    found = queries.people_of(request.user, **chosen, name=name)
    page = Paginator(found, queries.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "search": search,
        "name": name,
        "page": page,
        "rows": [_row(person) for person in page],
        "chosen": _chosen(form, chosen),
        "runs_place": runs_place(request.user),
    }
    return render(request, "place/people.html", context)


def _row(person: Any) -> dict[str, Any]:
    label, tone = state_of(person, bool(person.posts_now))
    return {
        "person": person,
        "posts": [f"{post.get_role_display()}, {post.agency.name}" for post in person.posts_now],
        "state": label,
        "tone": tone,
    }


def state_of(person: User, has_role: bool) -> tuple[str, str]:
    """How an account stands, in words, with the tone of its tag."""
    if not person.is_active:
        return str(queries.State.CLOSED.label), "stop"
    if not has_role:
        return _("No role"), "warn"
    if (person.last_login or person.created_at) < timezone.now() - queries.IDLE_AFTER:
        return str(queries.State.IDLE.label), "warn"
    return str(queries.State.ACTIVE.label), "done"


def _chosen(form: PeopleFilter, chosen: dict[str, str]) -> list[dict[str, str]]:
    """The filters in force, each with the address of the list without it."""
    held = {name: code for name, code in chosen.items() if code}
    found = []
    for name, code in held.items():
        field: Any = form.fields[name]
        rest = {key: value for key, value in held.items() if key != name}
        found.append({"label": f"{field.label}: {dict(field.choices)[code]}", "url": f"?{urlencode(rest)}"})
    return found


@login_required
@require_safe
@needs(Capability.MANAGE_PEOPLE)
def person(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    found = person_or_404(request, person_id)
    whole, everywhere = is_whole(request.user, found), runs_place(request.user)
    posts = queries.posts_of(request.user, found)
    today = timezone.localdate()
    live = [post for post in posts if post.starts_on <= today and (not post.ends_on or post.ends_on >= today)]
    label, tone = state_of(found, bool(live))
    itself = found.pk == request.user.pk
    context = {
        "person": found,
        "state": label,
        "tone": tone,
        "whole": whole,
        "itself": itself,
        "rows": _rows(found, whole=whole),
        "posts": [_post_row(request.user, post, today) for post in posts],
        "may": [SENTENCES[one] for one in Capability if one in found.rights.capabilities] if whole else [],
        "may_print": whole and not itself and found.is_active and (everywhere or found.last_login is None),
        **_sheet(request.user, found),
        "may_revoke": whole and not itself and has_factor(found),
        "provinces": [_own_right(right) for right in queries.own_rights(found)] if everywhere else [],
        "may_give_province": everywhere and not itself and bool(found.rights.agencies),
        "changes": changes.of(found) if everywhere else None,
    }
    return render(request, "place/person.html", context)


def _own_right(right: ProvincePersonRight) -> dict[str, Any]:
    live = right.valid_until is None or right.valid_until > timezone.now()
    end = reverse("place:own_right_end", args=[right.user_id, right.pk]) if live else ""
    return {"right": right, "province": name_with_unit(right.content_object), "end_url": end}


def _sheet(user: Any, person: User) -> dict[str, bool]:
    """Whether the reader may print a code sheet, or why they in particular may not."""
    helped = helped_by(user) if runs_place(user) else helped_by(user).exclude(above(user))
    is_helped = person.is_active and helped.filter(pk=person.pk).exists()
    has_slip = is_helped and printed_the_slip(user, person)
    return {"may_sheet": is_helped and not has_slip, "printed_slip": has_slip}


def _rows(person: User, *, whole: bool) -> list[dict[str, Any]]:
    """The account in words. What roles elsewhere open is told to whoever looks after those roles too."""
    edit = reverse("place:person_names", args=[person.pk]) if whole else ""
    rows = [
        {"key": _("Name in Khmer"), "value": person.full_name_km, "url": edit},
        {"key": _("Name in Latin letters"), "value": person.full_name_latin, "url": edit},
        {"key": _("Sign-in name"), "value": person.sign_in_name, "url": edit},
        {"key": _("Language"), "value": person.get_language_display(), "url": edit},
        {"key": _("Last sign-in"), "value": _when(person.last_login) or _("Never")},
        {"key": _("Sign-in slip"), "value": _slip(person)},
        {
            "key": _("Second factor"),
            "value": _("Yes") if has_factor(person) else _("None: print a code sheet"),
        },
    ]
    if whole:
        rows += [
            {"key": _("Code of conduct"), "value": _accepted(person)},
            {"key": _("Sees files of"), "value": _reach(person)},
            {"key": _("Open case files they work on"), "value": open_files(person)},
        ]
    return rows


def _when(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


def _slip(person: User) -> str:
    slip = Slip.objects.filter(person=person, ended_at=None).first()
    if slip is None:
        return _("None")
    if slip.expires_at <= timezone.now():
        return _("Not used in time")
    return _("Handed out, valid until %(when)s") % {"when": _when(slip.expires_at)}


def _accepted(person: User) -> str:
    found = accepted_by(person)
    if found is None:
        return _("Not accepted yet")
    told = {"version": found.text.version, "when": _when(found.accepted_at)}
    if person.conduct_due:
        return _("Version %(version)s accepted on %(when)s; not yet the newest one") % told
    return _("Version %(version)s accepted on %(when)s") % told


def _reach(person: User) -> str:
    held = person.rights.provinces
    if len(held) == len(all_provinces()):
        return _("All 25 provinces")
    return ", ".join(name_with_unit(one) for one in all_provinces() if one.pk in held) or _("No province")


def open_files(person: User) -> int:
    number: int = import_string(settings.OPEN_FILES_OF)(person)
    return number


def _post_row(user: User, post: Membership, today: Any) -> dict[str, Any]:
    over = bool(post.ends_on and post.ends_on < today)
    ours = post.role in roles_to_give(user, post.agency_id)
    end = reverse("place:role_end", args=[post.person_id, post.pk]) if ours and not over else ""
    can_be = runs_place(user) and not over and not post.stands_in_for_id and post.role in CAN_BE_STOOD_IN_FOR
    begun = can_be and post.starts_on <= today and post.person_id != user.pk
    if over:
        label, tone = _("Ended"), "stop"
    elif post.starts_on > today:
        label, tone = _("Not yet begun"), "wait"
    elif not post.agency.is_active:
        label, tone = _("Agency not active"), "warn"
    else:
        label, tone = _("Now"), "done"
    row = {"post": post, "label": label, "tone": tone, "end_url": end}
    return row | {
        "in_url": reverse("place:stand_in", args=[post.person_id, post.pk]) if begun else "",
        "stand_ins": stand_ins_of(post) if can_be else [],
    }
