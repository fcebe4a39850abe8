"""The code of conduct: a new version for everybody, and each one's own acceptance of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import Thing, record

from .. import conduct
from ..access import check_runs_place
from ..models import ConductAcceptance, ConductText, User
from ..refusals import NotNow, Refused


@transaction.atomic
def publish_conduct(*, text_km: str, text_en: str, is_confirmed: bool, by: User | None) -> ConductText:
    """A new version. Everybody meets it at their next click; the versions before stay as they were accepted."""
    check_runs_place(by)
    newest = conduct.newest()
    text = ConductText(
        version=newest.version + 1 if newest else 1,
        text_km=text_km,
        text_en=text_en,
        is_confirmed=is_confirmed,
        publisher=by,
    )
    text.save(force_insert=True)
    User.objects.filter(conduct_due=False).update(conduct_due=True)
    record(Kind.CONDUCT_PUBLISHED, Thing(type="conduct", id=str(text.pk), label=str(text.version)))
    return text


@transaction.atomic
def accept_conduct(*, person: User, version: int, by: User) -> ConductAcceptance:
    """One's own word. Given to the version that was read: a newer one is read first."""
    if by.pk != person.pk:
        raise Refused(_("Everybody accepts the code of conduct for themselves."), code="own-conduct")
    text = conduct.newest()
    if text is None or text.version != version:
        raise NotNow(_("A newer version was published while you read. Read it, please."))
    person = User.objects.select_for_update().get(pk=person.pk)
    found = ConductAcceptance.objects.filter(person=person, text=text).first()
    if found is None:
        found = ConductAcceptance(person=person, text=text)
        found.save(force_insert=True)
        record(Kind.CONDUCT_ACCEPTED, Thing(type="conduct", id=str(text.pk), label=str(text.version)))
    person.conduct_due = False
    person.save(update_fields=["conduct_due"])
    return found
