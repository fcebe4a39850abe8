"""What somebody holds when they leave or are away for long, told as numbers: whoever looks after people sees no file.

Files, drafts and exports belong to apps above; they answer by the settings WORK_HELD, COLLEAGUES and LEFT_WORK.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from .models import Agency, User


@dataclass(frozen=True)
class Held:
    """One kind of thing that somebody holds: how many, and what becomes of it. `agency` where a colleague there can
    take it."""

    label: str
    number: int
    becomes: str
    agency: uuid.UUID | None = None


@dataclass(frozen=True)
class Team:
    """Open files that somebody works on at one agency, and the colleagues who can take them."""

    agency: Agency
    files: int
    colleagues: list[User]

    @property
    def field(self) -> str:
        return f"take_{self.agency.pk.hex}"


def held_by(person: User) -> list[Held]:
    """Everything that somebody holds, as far as the reader looks after it."""
    return [held for path in settings.WORK_HELD for held in import_string(path)(person)]


def teams_of(person: User, *, only: uuid.UUID | None = None) -> list[Team]:
    """Where somebody works on open files; with `only`, of that agency alone."""
    numbers = {one.agency: one.number for one in held_by(person) if one.agency and one.number}
    wanted = [pk for pk in numbers if only is None or pk == only]
    colleagues: Callable[..., list[User]] = import_string(settings.COLLEAGUES)
    agencies = Agency.objects.filter(pk__in=wanted).order_by("code", "pk")
    return [Team(one, numbers[one.pk], colleagues(one.pk, without=person.pk)) for one in agencies]


def left() -> list[Any]:
    """Files whose worker does not work there any more, by person and agency."""
    found: list[Any] = import_string(settings.LEFT_WORK)()
    return found


def rows(person: User) -> list[dict[str, Any]]:
    """What somebody holds, as lines of a page."""
    return [
        {"key": one.label, "value": one.number, "more": one.becomes} for one in held_by(person) if one.number
    ]
