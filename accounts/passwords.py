"""What a password may not rest on: words that everybody here knows.

Not forbidden as such: whoever writes a long sentence may name the province in it. But what is left without such words
must be long enough by itself.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import Agency, Province

#: Shorter words are in too many others.
SHORTEST = 4
#: Of the project and its field, as anybody would think of them.
OWN_WORDS = (
    "karpea",
    "ការពារ",
    "cambodia",
    "kampuchea",
    "កម្ពុជា",
    "password",
    "ពាក្យសម្ងាត់",
    "trafficking",
    "victim",
)


class ContextWordsValidator:
    """Used by AUTH_PASSWORD_VALIDATORS, after the length was checked."""

    def __init__(self, min_length: int = 12) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        left = _folded(password)
        for word in sorted({*words_of_place(), *words_of(user)}, key=lambda one: (-len(one), one)):
            left = left.replace(word, "")
        if len(left) < self.min_length <= len(password):
            raise ValidationError(self.get_help_text(), code="password_context")

    def get_help_text(self) -> str:
        return _(
            "Without your own names and those of agencies, provinces and this system, it must still have %(number)s "
            "signs. Add words that have nothing to do with your work."
        ) % {"number": self.min_length}


def words_of_place() -> set[str]:
    agencies = Agency.objects.values_list("code", "name_km", "name_en")
    provinces = Province.objects.values_list("code", "name_km", "name_en")
    names = [name for row in (*agencies, *provinces) for name in row]
    return _words([*OWN_WORDS, *names])


def words_of(person: Any) -> set[str]:
    """Of the person; `person` may be a form's typed name alone."""
    names = ("sign_in_name", "full_name_km", "full_name_latin")
    return _words(str(getattr(person, name, "")) for name in names)


def _words(names: Iterable[str]) -> set[str]:
    """Each name whole, without its spaces, and each of its parts."""
    found: set[str] = set()
    for name in names:
        folded = _folded(name)
        found |= {folded, re.sub(r"[\s._-]", "", folded), *re.split(r"[\s._/()-]+", folded)}
    return {word for word in found if len(word) >= SHORTEST}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
