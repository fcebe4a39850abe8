"""The records of one file of many, as the domain itself makes them (cases/making.py), not yet in the database."""

import hashlib
import secrets
import uuid
from typing import Any

from django.db.models import Model

from accounts.models import Agency, SubjectKey, User
from cases import making, vault
from cases.making import Intake
from cases.models import Case, Facts, Victim

#: In this order: what a row refers to stands before it.
TABLES: tuple[type[Model], ...] = (
    Case,
    SubjectKey,
    Victim,
    Facts,
    *(model for _name, model in making.RECORDS),
)


class Ids:
    """The keys of this load's files, made again from a secret that ends with the process."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def __getitem__(self, index: int) -> uuid.UUID:
        made = hashlib.blake2b(index.to_bytes(8, "big"), key=self._secret, digest_size=16)
        return uuid.UUID(bytes=made.digest(), version=4)


def opened(
    intake: Intake, *, pk: uuid.UUID, number: str, agency: Agency, by: User
) -> dict[type[Model], list[Any]]:
    """The records of a new file by their model. Everything is of the moment that the clock says."""
    case = making.new_case(intake, pk=pk, number=number, agency=agency, by=by)
    keys = vault.prepare_keys([case])
    for key in keys:
        key.created_at = case.created_at
    made = making.made_of(intake, case, by=by)
    records = {model: getattr(made, name) for name, model in making.RECORDS}
    return {Case: [case], SubjectKey: keys, Victim: [made.victim], Facts: [made.facts], **records}
