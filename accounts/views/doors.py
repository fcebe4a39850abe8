"""What every page to run the place needs: who may, a form with what was kept, and what the database refuses."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ..access import people_within
from ..models import Agency, Membership, User
from ..models.agencies import ONCE
from ..refusals import NotFound, NotNow, Refused
from ..roles import Capability


def needs(capability: Capability) -> Callable[[Any], Any]:
    """Only for whoever may; innermost, so that a method which is not there is told before."""

    def around(view: Any) -> Any:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user: Any = request.user
            if not user.acts_with(capability):
                raise Refused(_("Your role does not include this."), code=f"capability:{capability}")
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return checked

    return around


def refill(request: HttpRequest, form_class: Any, **kwargs: Any) -> Any:
    """The form, bound to what was sent, or with the text that was kept for this page (setting FORM_REFILL)."""
    return import_string(settings.FORM_REFILL)(request, form_class, **kwargs)


def attempt(form: Any, act: Callable[[], Any]) -> Any:
    """Do it; or tell the form what the database refused, as when two people take one name at the same moment."""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        form.add_error(None, _sentence(error))
        return None
    except NotNow as closed:
        form.add_error(None, str(closed.sentence))
        return None


def _sentence(error: IntegrityError) -> str:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if name == ONCE:
        return _("This person has this role there already in these days.")
    known = [c for model in (User, Agency, Membership) for c in model._meta.constraints if c.name == name]
    return str(known[0].violation_error_message) if known else _("Somebody has just taken this name or code.")


def person_or_404(request: HttpRequest, person_id: uuid.UUID) -> User:
    """A member of staff within reach; somebody elsewhere and nobody at all are the same 404."""
    user: Any = request.user
    person = people_within(user).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def agency_or_404(agency_id: uuid.UUID) -> Agency:
    agency: Agency | None = Agency.objects.filter(pk=agency_id).select_related("province").first()
    if agency is None:
        raise NotFound
    return agency
