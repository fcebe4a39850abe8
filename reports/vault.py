"""What of a monthly table is sealed, and at which place: all under the table's own key (accounts/vault.py)."""

import uuid

from accounts.vault import Subject, ensure_key, seal, unseal

from .models import MonthlyTable

#: The words of a table, each in the column `<name>_sealed`.
WORDS = ("remarks", "explanation", "reason")


def key(table_id: uuid.UUID) -> Subject:
    return Subject("REPORT", table_id)


def seal_words(table: MonthlyTable, **words: str) -> list[str]:
    """Seal the words given by name; the names of the columns that were set."""
    ensure_key(key(table.pk))
    for name, text in words.items():
        sealed = seal(text or None, subject=key(table.pk), place=f"reports_monthlytable.{name}", row=table.pk)
        setattr(table, f"{name}_sealed", sealed)
    return [f"{name}_sealed" for name in words]


def words_of(table: MonthlyTable) -> dict[str, str]:
    """Every word of a table whose row somebody sees."""
    return {
        name: unseal(
            getattr(table, f"{name}_sealed"),
            subject=key(table.pk),
            place=f"reports_monthlytable.{name}",
            row=table.pk,
        )
        or ""
        for name in WORDS
    }
