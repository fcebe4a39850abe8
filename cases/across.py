"""What only two pages of the intake together can contradict, each told by the field."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts import codes
from accounts.fields import PartialDate

from .ages import GROWN, Birth, age_facts, birth_of
from .answers import Answer, ConsentAnswer
from .forms.intake import ConsentForm, HappenedForm, ReportForm
from .words import partial_date

Wrong = Iterator[tuple[str, str]]
#: Dates that no person has before they are born, with the page they stand on.
_DATES = (
    ("reported_on", ReportForm),
    ("started_on", HappenedForm),
    ("ended_on", HappenedForm),
    ("consent_on", ConsentForm),
)


def contradictions(clean: dict[str, Any], today: datetime.date) -> list[tuple[str, str]]:
    """(field, sentence), from the clean answers of all pages."""
    birth = birth_of(clean, today)
    return [
        *_before_birth(clean, birth),
        *_child_at_start(clean, birth, today),
        *_consent_of_child(clean, today),
    ]


def _before_birth(clean: dict[str, Any], birth: Birth) -> Wrong:
    """Surely before: a month or a year counts as its last day, the birth as its first."""
    told = False
    for name, page in _DATES:
        date = clean.get(name)
        if isinstance(date, datetime.date):
            date = PartialDate(date, "DAY")
        if date is None or birth.first is None or date.last_day >= birth.first:
            continue
        yield name, _("This is before the person was born.")
        if not told:
            told = True
            values = {"date": partial_date(date.on, date.precision), "page": page.title}
            sentence = _("By this the person was born after %(date)s, which stands on the page “%(page)s”.")
            yield "birth_date" if clean.get("birth_date") else "age_max", sentence % values


def _child_at_start(clean: dict[str, Any], birth: Birth, today: datetime.date) -> Wrong:
    said, began = clean.get("child_at_start"), clean.get("started_on")
    oldest_now = birth.oldest_on(today)
    is_child = clean.get("is_child") == Answer.YES or (oldest_now is not None and oldest_now < GROWN)
    if said == Answer.NO and is_child:
        yield "child_at_start", _("The person is a child now, so was one when it began.")
    elif said == Answer.NO and began:
        oldest = birth.oldest_on(began.last_day)
        if oldest is not None and oldest < GROWN:
            sentence = _("The person was at most %(age)s when it began: a child. Correct one of the two.")
            yield "child_at_start", sentence % {"age": oldest}
    elif said == Answer.YES and began:
        youngest = birth.youngest_on(began.first_day)
        if youngest is not None and youngest >= GROWN:
            sentence = _("The person was %(age)s or older when it began: no child. Correct one of the two.")
            yield "child_at_start", sentence % {"age": youngest}


def _consent_of_child(clean: dict[str, Any], today: datetime.date) -> Wrong:
    """How a child consents is practice, not law that was read: it stands as data in the list of purposes."""
    how = clean.get("consent_how")
    if clean.get("consent") != ConsentAnswer.GIVEN or not how:
        return
    purpose = codes.get("CONSENT_PURPOSE", "STORE_DATA")
    asked = purpose.extra.get("of_child") if purpose else None
    if asked and how != asked and age_facts(clean, today)["is_child"] == Answer.YES:
        yield (
            "consent_how",
            _(
                "The person is a child or may be one: the guardian consents, and the child agrees. "
                "Where that cannot be had, answer “Not yet possible” above."
            ),
        )
