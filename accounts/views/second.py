"""The second page of signing in: a code of an app, a code of the sheet, or a security key."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import actions, factors, security_keys, stages, tries
from ..forms.factors import SecondForm
from ..models import Factor, User
from ..printed import next_code

STATE = "key_asked"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Reached with a right password alone. A wrong code, one that was used, and a key of somebody else get the same
    answer."""
    stage = stages.pending(request)
    if stage is None:
        return redirect("account_login")
    person: User = stage.login.user
    form = SecondForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        factor = _shown(request, person, form.cleaned_data)
        if factor is not None:
            tries.forgive(tries.Try(tries.FACTOR, str(person.pk), ""))
            return stage.finish(factor)
        form.add_error(
            None,
            _(
                "This does not open the second door. A code works once: wait for the app's next one, or take the "
                "number of the sheet that is asked for."
            ),
        )
    return render(request, "account/second.html", _context(request, person, form))


def _shown(request: HttpRequest, person: User, data: dict[str, Any]) -> Factor | None:
    if data["answer"]:
        return actions.show_key(
            person=person,
            origin=security_keys.origin_of(request),
            state=request.session.pop(STATE, None),
            answer=data["answer"],
        )
    return actions.show_code(person=person, code=data["code"])


def _context(request: HttpRequest, person: User, form: SecondForm) -> dict[str, Any]:
    live = list(Factor.objects.live().filter(person=person).order_by("created_at", "pk"))
    keys = [security_keys.Held.of(factors.opened(one)) for one in live if one.kind == Factor.Kind.KEY]
    asked = next_code(person)
    context = {
        "form": form,
        "has_app": any(one.kind == Factor.Kind.APP for one in live),
        "number": asked.number if asked else None,
        "has_any": bool(keys or asked) or any(one.kind == Factor.Kind.APP for one in live),
        "name": person.sign_in_name,
    }
    if keys:
        options, request.session[STATE] = security_keys.ask_signature(security_keys.origin_of(request), keys)
        context["options"] = options
    return context
