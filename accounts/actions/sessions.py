"""Sessions ended: one or all others of one's own, every one of somebody who is looked after."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import Thing, record

from ..about import person_thing
from ..access import check_manages_account
from ..models import Sitting, User
from ..refusals import Refused


@transaction.atomic
def end_other_sessions(*, person: User, by: User) -> User:
    """End every session of somebody's own account; the view keeps the one they sit at."""
    _check_own(person, by)
    person.sign_in_round += 1
    person.save(update_fields=["sign_in_round"])
    record(Kind.SESSIONS_ENDED, Thing(type="session"))
    return person


@transaction.atomic
def end_session(*, sitting: Sitting, by: User) -> None:
    """End one session of one's own: its next request is nobody's."""
    _check_own(sitting.person, by)
    Session.objects.filter(session_key=sitting.session_key).delete()
    sitting.delete()
    record(Kind.SESSION_ENDED, Thing(type="session"))


def check_may_end_sessions(by: User, person: User) -> None:
    """Refuse whoever may not end the sessions of this person."""
    if by.pk == person.pk:
        raise Refused(_("End your own sessions on your own page."), code="own-sessions")
    check_manages_account(by, person)


@transaction.atomic
def end_sessions_of(*, person: User, by: User) -> User:
    """End every session of somebody: each one's next request is nobody's. The account stays open."""
    check_may_end_sessions(by, person)
    person = User.objects.select_for_update().get(pk=person.pk)
    person.sign_in_round += 1
    person.save(update_fields=["sign_in_round"])
    record(Kind.SESSIONS_ENDED_OF, person_thing(person))
    return person


def _check_own(person: User, by: User) -> None:
    if by.pk != person.pk:
        raise Refused(_("Everybody ends their own sessions."), code="own-sessions")
