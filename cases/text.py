"""Text as typed and text as searched: Khmer digits, invisible signs, names in two scripts."""

import re
import unicodedata

from khmerspell import khnormal

_DIGITS = {ord("០") + i: str(i) for i in range(10)}
_INVISIBLE = re.compile("[\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
#: Honorifics are not part of a name when it is searched (domain notes, section 8).
_HONORIFICS = re.compile(
    r"^(លោកជំទាវ|លោកស្រី|លោក|អ្នកស្រី|អ្នកឧកញ៉ា|ឯកឧត្តម|កញ្ញា|mr|mrs|ms|miss)\.?\s+", re.IGNORECASE
)
_KHMER = re.compile("[\u1780-\u17ff]")


def ascii_digits(text: str) -> str:
    return text.translate(_DIGITS)


def visible(text: str) -> str:
    """Without invisible signs, with single spaces. The zero-width space of Khmer keyboards parts words: a space."""
    return " ".join(_INVISIBLE.sub("", text.replace("\u200b", " ")).split())


def _letters(text: str) -> list[str]:
    """Letters of any script. Khmer writes vowels as marks and puts no spaces between words: nothing else counts."""
    return [sign.casefold() for sign in text if unicodedata.category(sign).startswith("L")]


def has_substance(text: str) -> bool:
    """Whether a reason can be a sentence at all, rather than signs that fill a box."""
    found = _letters(text)
    return len(found) >= 12 and len(set(found)) >= 6


def says_something(text: str) -> bool:
    """Whether there is a word in a text: somebody else decides, or has to understand, by it."""
    return len(set(_letters(text))) >= 2


def search_name(text: str) -> str:
    """The form in which two spellings of one name are equal: script order, marks and case put aside."""
    text = _HONORIFICS.sub("", visible(text))
    if _KHMER.search(text):
        return str(khnormal(text)).replace(" ", "")
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(re.sub(r"[^\w ]", " ", plain.casefold()).split()))


def search_words(text: str) -> list[str]:
    """The words of a name, each normalised; a Khmer name typed with a space between its parts gives both."""
    words = {search_name(word) for word in visible(text).split(" ")}
    return sorted(word for word in words if len(word) > 1)


def search_number(text: str) -> str:
    """A document or phone number: letters and digits only; +855 and a leading 0 are the same phone."""
    bare = re.sub(r"[^0-9A-Z]", "", ascii_digits(visible(text)).upper())
    return re.sub(r"^(855|0)", "", bare) if bare.isdigit() else bare
