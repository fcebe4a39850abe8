"""Every field of every model says what it is: plain, personal or sensitive.

Erasure, exports, logs and masks ask this table (`DATA` on the model); a field that is not in it is a leak to come.
"""

import pytest
from django.db import models

from .own import named, own_models, twins

CLASSES = {"plain", "personal", "sensitive"}
#: What every history row carries beside the copied columns (audit/history.py, django-simple-history).
OF_HISTORY = {
    "history_id", "history_date", "history_change_reason", "history_type", "history_user_id", "history_actor",
    "history_request", "layout", "content_hash",
}  # fmt: skip


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_every_field_is_classed(model):
    fields = {field.name for field in model._meta.concrete_fields}
    data = getattr(model, "DATA", None)
    assert data is not None, f"{model.__name__} has no DATA: class its fields plain, personal or sensitive."
    assert set(data) == fields, (
        f"{model.__name__}.DATA: class {sorted(fields - set(data))}, take out {sorted(set(data) - fields)}."
    )
    assert set(data.values()) <= CLASSES, f"{model.__name__}.DATA knows only {sorted(CLASSES)}."


@pytest.mark.parametrize(("model", "twin"), twins(), ids=named)
def test_a_history_row_holds_nothing_its_record_does_not(model, twin):
    own = {field.name for field in model._meta.concrete_fields}
    kept = {field.name for field in twin._meta.concrete_fields} - OF_HISTORY
    assert kept <= own, f"{twin.__name__} has fields of its own: {sorted(kept - own)}."


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_what_is_sealed_is_called_so_and_classed_so(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.BinaryField) and field.name.endswith("sealed"):
            assert model.DATA[field.name] in {"personal", "sensitive"}, (
                f"{model.__name__}.{field.name} is not plain."
            )
        if isinstance(field, models.TextField) and model.DATA[field.name] == "sensitive":
            pytest.fail(
                f"{model.__name__}.{field.name} holds sensitive text in clear: seal it (accounts/vault.py)."
            )


#: Never copied into history: password hashes, keys, blind indexes, private text (architecture, decision 8).
WITHOUT_HISTORY = {"password", "last_login"}
NO_HISTORY = {
    "Event": "is history itself",
    "SubjectKey": "keys are never copied",
    "Tally": "counts of tries, gone within months",
    "IdentityKey": "blind indexes are never copied",
    "CaseScope": "follows from other rows",
    "CaseCounter": "a number, set by one function",
    "CaseCount": "follows from the files",
    "GrantedCount": "follows from the grants",
    "GrantedFile": "follows from the grants",
    "Draft": "private until it is sent",
    "Once": "an idempotency key",
    "Factor": "holds a secret; its acts are on the trail",
    "SheetCode": "holds the hash of a code; its use is on the trail",
    "MachineDay": "worth nothing the next day",
    "ConductText": "versions that are never changed",
    "ConductAcceptance": "is itself the record, and on the trail",
    "Sitting": "gone with its session; the sign-in is on the trail",
    "Slip": "holds the hash of a code; its acts are on the trail",
    "Register": "its acts are on the trail",
    "RegisterPart": "private until it is a file",
    "RegisterRow": "follows from the rows, and is deleted with them",
    "RegisterMark": "follows from the file, whose history is kept",
    "RegisterMemory": "keyed hashes are never copied",
    "Export": "its acts are on the trail",
    "Due": "follows from the steps of its record, which are on the trail",
    "Notice": "says who was told and when, and is never changed",
    "Delivery": "is itself the record of its tries",
    "NamedStep": "a step, never changed",
    "Mailbox": "private to its owner",
    "Province": "loaded from a published source, read only",
    "Place": "loaded from a published source, read only",
}


def test_every_record_keeps_its_history_or_says_why_not():
    with_history = {model for model, _twin in twins()}
    for model in own_models():
        if model not in with_history:
            assert model.__name__ in NO_HISTORY, (
                f"{model.__name__} keeps no history: add kept_history() and KeepHistory, or a reason here."
            )
        else:
            assert model.__name__ not in NO_HISTORY, f"{model.__name__} keeps history now: take it out here."


def test_secrets_are_not_copied_into_history():
    for model, twin in twins():
        kept = {field.name for field in twin._meta.concrete_fields}
        assert not kept & WITHOUT_HISTORY, (
            f"{model.__name__}: kept_history(without={sorted(kept & WITHOUT_HISTORY)})."
        )
