"""Questions about the code of conduct: the version in force, and who has accepted it."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext

from .models import ConductAcceptance, ConductText, User
from .queries import Unconfirmed, Waiting


def newest() -> ConductText | None:
    return ConductText.objects.order_by("-version", "pk").first()


def is_due(person: User) -> bool:
    """Whether this person has to read and accept it before anything else; never where nothing is published."""
    return person.conduct_due and ConductText.objects.exists()


def versions() -> list[ConductText]:
    """Newest first, each with how many people accepted it."""
    found = ConductText.objects.annotate(people=Count("accepted")).select_related("publisher")
    return list(found.order_by("-version", "pk"))


def accepted_by(person: User) -> ConductAcceptance | None:
    """The newest version that somebody has accepted, as far as the reader may know."""
    found = ConductAcceptance.objects.filter(person=person).select_related("text")
    return found.order_by("-text__version", "pk").first()


def unconfirmed() -> list[Unconfirmed]:
    """The version in force, until the committee has decided on its wording."""
    text = newest()
    if text is None:
        return []
    label = gettext("Version %(number)s") % {"number": text.version}
    rows = [] if text.is_confirmed else [Waiting(label, reverse("place:conduct"))]
    return [Unconfirmed(gettext("Code of conduct"), 1, rows)]
