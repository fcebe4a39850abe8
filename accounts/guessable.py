"""Passwords that are long enough and yet among the first that anybody tries: digits alone, few signs, a piece again and
again, runs of neighbours, one common word with digits around it.

Long sentences of ordinary words, in any script, pass: nothing here asks for a capital, a digit or a sign. Django's own
validators compare whole passwords with a list alone; zxcvbn would do part of this with a megabyte of English words.
"""

import itertools
import re
import unicodedata
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_SIGNS = 5
#: A piece that is as long as a password counts as one, and may be said again.
WHOLE = 12
#: Neighbours that count as a run, and which part of the password must be something else.
RUN, AT_MOST = 3, 0.5
#: In alphabets and on keyboards, row by row and column by column; read in both directions.
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1234567890-=",
    "!@#$%^&*()_+", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "qazwsxedcrfvtgbyhnujmik,ol.p;/",
    "".join(map(chr, range(0x1780, 0x17A3))),  # ក to អ
)  # fmt: skip
_NEIGHBOURS = {pair for row in ROWS for pair in itertools.pairwise(row)}


class GuessableValidator:
    """Used by AUTH_PASSWORD_VALIDATORS, after the length was checked."""

    def __init__(self, min_length: int = WHOLE) -> None:
        self.min_length = min_length
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        text = _folded(password)
        found = []
        if _is_of_digits(text):
            found.append((_("Digits alone are tried first. Add words."), "password_digits"))
        if len(set(text)) < FEWEST_SIGNS:
            found.append(
                (_("It uses too few different signs. Write a short sentence."), "password_few_signs")
            )
        if _repeats(text, self.min_length):
            found.append(
                (_("It says one short piece again and again. Add other words."), "password_repeated")
            )
        if _in_runs(text) > AT_MOST * len(text):
            found.append(
                (
                    _("Most of it is a row of neighbours, as in abcd, 1234 or on the keyboard. Add words."),
                    "password_run",
                )
            )
        if self._is_common(text):
            found.append(
                (
                    _("It is one common word with digits or signs around it. Add other words."),
                    "password_one_word",
                )
            )
        if found:
            raise ValidationError([ValidationError(sentence, code=code) for sentence, code in found])

    def _is_common(self, text: str) -> bool:
        words = {word for word in re.split(r"[\W\d_]+", text) if word}
        return len(words) == 1 and words <= self.common

    def get_help_text(self) -> str:
        return _("A sentence of several words is best. Rows of digits or of keys are tried first.")


def _folded(text: str) -> str:
    """In small letters, the digits of every script as 0 to 9."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in folded)


def _is_of_digits(text: str) -> bool:
    return all(sign.isdigit() for sign in re.sub(r"[\s./+-]", "", text))


def _repeats(text: str, whole: int) -> bool:
    """Whether it is a short piece, twice at least, the last time perhaps cut off. Digits and signs around it do not
    help."""
    inside = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    return any(
        (part[:size] * len(part))[: len(part)] == part
        for part in (text, inside)
        for size in range(1, min((len(part) + 1) // 2 + 1, whole))
    )


def _in_runs(text: str) -> int:
    """How many of its signs stand in a run: each the next, the one before or the same as its neighbour."""
    steps = [
        0 if a == b else 1 if (a, b) in _NEIGHBOURS else -1 if (b, a) in _NEIGHBOURS else None
        for a, b in itertools.pairwise(text)
    ]
    lengths = [len(list(same)) + 1 for step, same in itertools.groupby(steps) if step is not None]
    return sum(length for length in lengths if length >= RUN)
