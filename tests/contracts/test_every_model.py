"""Every model: constraints with a name and a sentence, protected links, no name of a person in its text."""

import re
import uuid

import pytest
from django.db import models
from django.utils import timezone

from accounts.guard import Timed
from audit.guarded import Guarded, GuardedQuerySet

from .own import named, own_models, twins

#: Readable without anybody acting; each with the reason.
NOT_GUARDED = {
    "User": "who acts is found out by reading it",
    "Province": "public geography",
    "Place": "public geography",
    "Code": "public code lists",
    "CaseCounter": "out of reach of the site, touched by one function",
    "CaseCount": "out of reach of the site, kept by triggers",
    "GrantedCount": "out of reach of the site, kept by triggers",
    "GrantedFile": "out of reach of the site, kept by triggers",
    "Tally": "keyed hashes and counts, counted before anybody acts",
}
#: Made by the database or a published list instead of Python.
OTHER_KEYS = {
    "SectionRule": "never made by the site",
    "CaseCounter": "out of reach of the site",
    "CaseCount": "out of reach of the site",
    "GrantedCount": "out of reach of the site",
    "Province": "the government's number",
    "Place": "the government's code",
}


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_it_is_guarded_or_reviewed(model):
    if model.__name__ in NOT_GUARDED:
        assert not issubclass(model, Guarded), f"{model.__name__} is guarded now: take it out of NOT_GUARDED."
        return
    assert issubclass(model, Guarded), (
        f"{model.__name__} does not derive from audit.guarded.Guarded (the first wall)."
    )
    for manager in (model._base_manager, model._default_manager):
        assert isinstance(manager.all(), GuardedQuerySet), (
            f"{model.__name__}: {manager.name} goes round the first wall."
        )


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_its_key_is_made_in_python(model):
    """INSERT ... RETURNING is refused under row-level security, and a counted id can be probed."""
    if model.__name__ in OTHER_KEYS:
        return
    key = model._meta.pk
    assert isinstance(key, models.UUIDField), (
        f"{model.__name__}: make the key a UUIDField(default=uuid.uuid4)."
    )
    assert key.default is uuid.uuid4, f"{model.__name__}: make the key in Python, default=uuid.uuid4."


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_its_constraints_have_names_and_sentences(model):
    for constraint in model._meta.constraints:
        where = f"{model.__name__}: {constraint.name}"
        assert re.fullmatch(r"[a-z0-9_]+", constraint.name), f"{where}: give it a readable name."
        default = models.BaseConstraint.default_violation_error_message
        assert constraint.violation_error_message != default, (
            f"{where}: say what is wrong in violation_error_message."
        )


#: Declared by guardian with CASCADE; the site may delete neither rights nor what they point at.
OF_GUARDIAN = ("permission", "user", "group")


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_its_links_protect(model):
    for field in model._meta.concrete_fields:
        if field.remote_field and not (issubclass(model, Timed) and field.name in OF_GUARDIAN):
            assert field.remote_field.on_delete is models.PROTECT, (
                f"{model.__name__}.{field.name}: on_delete=PROTECT; a record never vanishes with another."
            )
    assert not model._meta.many_to_many, (
        f"{model.__name__}: write the table between by hand, with its history."
    )


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_it_has_no_order_of_its_own(model):
    assert not model._meta.ordering, f"{model.__name__}.Meta.ordering: say the order where it is asked for."


def paired(model):
    """(x, x_at, x_by) for every act that is recorded in two columns."""
    names = {field.name for field in model._meta.concrete_fields}
    return [
        (n[:-3], n, f"{n[:-3]}_by") for n in sorted(names) if n.endswith("_at") and f"{n[:-3]}_by" in names
    ]


@pytest.mark.parametrize("model", [m for m in own_models() if paired(m)], ids=named)
def test_a_time_has_its_person(model):
    for act, at, by in paired(model):
        fields = {n: model._meta.get_field(n) for n in (at, by)}
        assert fields[at].null == fields[by].null, (
            f"{model.__name__}: {at} and {by} are both there or both empty."
        )
        if fields[at].null:
            checks = [
                str(c.condition) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)
            ]
            assert any(at in check and by in check for check in checks), (
                f"{model.__name__}: a CheckConstraint that {at} and {by} come together ({act})."
            )


#: Shows one code of a list, and whose it is not: "ACT RECRUITMENT".
ONE_CODE = ("FactAnswer",)


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_its_text_shows_no_name_of_a_person(model):
    """Logs and error reports print records. Every field of people is filled; none may come out."""
    assert model.__str__ is not models.Model.__str__, f"{model.__name__} needs a __str__."
    record = model()
    for field in model._meta.concrete_fields:
        words = isinstance(field, models.CharField | models.TextField) and not field.choices
        if words and model.DATA[field.name] != "plain" and model.__name__ not in ONE_CODE:
            setattr(record, field.attname, "ស្រីនាង")
        elif isinstance(field, models.DateTimeField):
            setattr(record, field.attname, timezone.now())
    assert "ស្រីនាង" not in str(record), f"{model.__name__}.__str__ shows a person's data."
    assert "ស្រីនាង" not in repr(record)


@pytest.mark.parametrize(("model", "twin"), twins(), ids=named)
def test_its_history_outlives_everything(model, twin):
    """No foreign key of a history row holds a live record in place, or can be lost with one."""
    for field in twin._meta.concrete_fields:
        if field.remote_field:
            assert not field.db_constraint, f"{twin.__name__}.{field.name} has a foreign key into live data."
    assert twin._meta.get_field("history_user_id").__class__ is models.UUIDField


@pytest.mark.parametrize("model", own_models(), ids=named)
def test_its_codes_are_capitals(model):
    """What the database holds is a code, never a word that is shown."""
    for field in model._meta.concrete_fields:
        if field.choices and isinstance(field, models.CharField) and field.name != "language":
            wrong = [
                value
                for value, _label in field.flatchoices
                if not re.fullmatch(r"[A-Z][A-Z0-9_]*", str(value))
            ]
            assert wrong == [], f"{model.__name__}.{field.name}: {wrong} are not capital codes."
