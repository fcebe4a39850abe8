"""What of an exclusion is sealed: why, in words. Under a key of its own, for who reviews it may not see the file."""

from accounts.models.keys import SubjectKey
from accounts.vault import Subject, prepare_keys, seal, unseal

from ..models import Exclusion


def key(exclusion: Exclusion) -> Subject:
    return Subject("EXCLUDED", exclusion.pk)


def prepare(exclusion: Exclusion) -> list[SubjectKey]:
    """Its key, to be stored right after its row."""
    return prepare_keys(key(exclusion))


def seal_words(exclusion: Exclusion, text: str) -> None:
    place = "cases_exclusion.words"
    exclusion.words_sealed = seal(text or None, subject=key(exclusion), place=place, row=exclusion.pk)


def words(exclusion: Exclusion) -> str:
    place = "cases_exclusion.words"
    return unseal(exclusion.words_sealed, subject=key(exclusion), place=place, row=exclusion.pk) or ""


def seal_review(exclusion: Exclusion, text: str) -> None:
    place = "cases_exclusion.review"
    exclusion.review_sealed = seal(text or None, subject=key(exclusion), place=place, row=exclusion.pk)


def review(exclusion: Exclusion) -> str:
    place = "cases_exclusion.review"
    return unseal(exclusion.review_sealed, subject=key(exclusion), place=place, row=exclusion.pk) or ""
