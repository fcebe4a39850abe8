"""Labels for what the trail holds as codes and ids, in the reader's language.

The trail knows nobody: other apps' labels come through the settings TRAIL_CHOICES, TRAIL_WORDS and TRAIL_CODE. A
code that nobody knows any more is shown as it stands.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from .kinds import Result
from .models import Event

#: The parts of the system that act by themselves (audit/context.py).
SYSTEM: dict[str, Callable[[], str]] = {
    "system:sign-in": lambda: _("The sign-in page"),
    "system:migration": lambda: _("The set-up of the database"),
    "system:reminder": lambda: _("The reminders"),
    "system:demo": lambda: _("The loading of demonstration data"),
    "system:export": lambda: _("The making of exports"),
    "system:report": lambda: _("The making of monthly tables"),
    "system:register": lambda: _("The importing of registers"),
    "system:reconcile": lambda: _("The nightly check of who sees which file"),
    "system:expiry": lambda: _("The deleting of what has expired"),
    "system:health": lambda: _("The watch over the system"),
    "system:restore": lambda: _("The administrator of the server"),
}


class Words:
    """Each table of labels is read when it is first asked for, once per page."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, str]] = {}
        #: Numbers of files by id, for events that do not name theirs (queries.numbers_of).
        self.numbers: dict[Any, str] = {}

    def table(self, name: str) -> dict[str, str]:
        if name not in self._tables:
            self._tables[name] = _read(settings.TRAIL_CHOICES.get(name) or settings.TRAIL_WORDS[name])
        return self._tables[name]

    def label(self, name: str, code: object) -> str:
        return self.table(name).get(str(code), str(code))

    def code(self, code_list: str, code: str) -> str:
        """A code of an editable list (who did it, how it is known)."""
        found: str = import_string(settings.TRAIL_CODE)(code_list, code)
        return found

    def who(self, event: Event) -> str:
        """The person in the reader's script; the copied name when nobody has this id now."""
        if event.actor in SYSTEM:
            return SYSTEM[event.actor]()
        return self.table("person").get(event.actor) or event.actor_name or event.actor

    def record(self, event: Event) -> str:
        """What the record is called; what has no label of its own is called by its file."""
        return event.object_label or self.numbers.get(event.case_id, "")

    def page(self, event: Event) -> str:
        """Where something did not happen; what was done is told by its sentence."""
        if event.object_type != "page" or event.result == Result.OK or not event.object_id:
            return ""
        return self.label("page", event.object_id)

    def agency(self, event: Event) -> str:
        return self.table("agency").get(str(event.actor_agency_id)) or event.actor_agency

    def role(self, event: Event) -> str:
        """Held by themselves, or in the place of a colleague."""
        role, _slash, standing_in = event.actor_role.partition("/")
        label = self.label("role", role) if role else ""
        return _("%(role)s (standing in)") % {"role": label} if standing_in else label

    def principal(self, text: str) -> str:
        """Whom a right was given to: `agency:<id>` or `person:<id>`."""
        kind, _colon, identity = str(text).partition(":")
        return self.label(kind, identity) if kind in ("agency", "person") else str(text)


def _read(path: str) -> dict[str, str]:
    """A table by its dotted path: a class of choices, or a function that gives pairs."""
    source = import_string(path)
    pairs = source.choices if hasattr(source, "choices") else source()
    return {str(code): str(label) for code, label in pairs}
