"""Sharing a file by name, and making it visible to named people only. Each: one transaction, one event of its own."""

import datetime
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.access import post_for
from accounts.models import Agency, User
from accounts.refusals import NotNow, Refused
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import record

from .. import access as files
from .. import vault
from ..exclusions.access import check_desk_reviews, kept_from, one_at_a_time
from ..models import Case, NamedStep, ShareReason
from ..text import says_something
from .access import check_changes, desk_agency, desk_is_there, is_colleague, members, open_request

#: What can be shown to somebody by name. Moving a file goes to colleagues of the own office alone.
LONGEST = datetime.timedelta(days=365)
USUALLY = datetime.timedelta(days=90)
Act = NamedStep.Act


@transaction.atomic
def share(
    *, case: Case, to: Agency | User, sections: Section, until: datetime.date, reason: str, by: User
) -> str:
    """Let one named person, or an agency, see these sections until the end of a day; what the grant follows from.

    Raises Refused where `by` does not hold what is given, NotNow where it cannot be given to them or so long.
    """
    check_changes(by, case)
    _check_receiver(case, to, by)
    sections |= Section.SUMMARY
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise NotNow(_("Choose a last day within a year from now."))
    if reason not in ShareReason:
        raise NotNow(_("Choose a reason from the list."))
    end = timezone.make_aware(datetime.datetime.combine(until + datetime.timedelta(days=1), datetime.time()))
    _check_holds(case, to, sections, end, by)
    because = f"share:{uuid.uuid4()}"
    files.grant(case_id=case.pk, to=to, sections=sections, until=end, reason=reason, because=because, by=by)
    return because


def _check_receiver(case: Case, to: Agency | User, by: User) -> None:
    if isinstance(to, Agency):
        if case.named_only:
            raise NotNow(
                _("A file for named people only is shared with one person by name, never with an agency.")
            )
        readers = {one.pk for one in members(to.pk)}
        if not to.is_active or not readers - kept_from(case.pk, readers):
            raise NotNow(_("Nobody there reads case files now."))
        return
    if to.pk == by.pk:
        raise NotNow(_("Nobody shares a file with themselves."))
    if kept_from(case.pk, [to.pk]):
        raise NotNow(_("This person is already kept away from the file."))
    # Of whoever is not active, or has no live role, no rights are computed.
    if not to.is_active or not to.may(Capability.READ_FILE):
        raise NotNow(_("This person does not read case files now."))


def _check_holds(case: Case, to: Agency | User, sections: Section, end: datetime.datetime, by: User) -> None:
    held, own_end = files.holds(by, case, sections)
    if not held or (own_end is not None and end > own_end):
        raise Refused(
            _("You cannot show more of a file, or for longer, than you see yourself."),
            code="beyond-own",
            label=case.number,
        )
    if sections & Section.MOVE and not is_colleague(by, to):
        raise Refused(
            _("Moving a file can be shared with colleagues of your own office alone."),
            code="section:MOVE",
            label=case.number,
        )


@transaction.atomic
def end_share(*, case: Case, because: str, by: User) -> None:
    """End what was shared by name, now."""
    check_changes(by, case)
    if not because.startswith("share:") or not files.revoke(case=case, because=because, by=by):
        raise NotNow(_("This share has ended already."))


@transaction.atomic
def name_only(*, case: Case, why: str, words: str, keep: Iterable[uuid.UUID], by: User) -> None:
    """From now on only the national desk and the people in `keep` see the file; often not even `by`.

    Sight of offices, provinces and agencies ends with it. Referrals under way are taken back, and what is due is told
    to named people alone.
    """
    check_changes(by, case)
    kept = sorted(set(keep))
    if case.named_only:
        raise NotNow(_("This file is for named people only already."))
    if why not in NamedStep.Why or not says_something(words):
        raise NotNow(_("Choose a reason and say why, in a sentence."))
    if not kept and not desk_is_there():
        raise NotNow(_("Nobody is at the national desk now: choose at least one person who keeps the file."))
    one_at_a_time(case.pk)
    check_desk_reviews(case)
    import_string(settings.BEFORE_SIGHT_ENDS)(case=case, by=by)
    step = NamedStep(case=case, act=Act.MARKED, why=why)
    vault.seal_step(step, words.strip())
    record(
        Kind.FILE_NAMED_ONLY, files.thing(case), fields=["named_only"], detail={"why": why, "kept": len(kept)}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_name_only(%s, %s, %s, %s, %s, %s::uuid[])",
            [case.pk, step.pk, why, step.words_sealed, _post(by, case), kept],
        )


def _post(by: User, case: Case) -> uuid.UUID:
    return post_for(by, Capability.MOVE_FILE, near=case.agency_id).agency_id


@transaction.atomic
def ask_lift(*, case: Case, words: str, by: User) -> None:
    """Somebody of the national desk asks to open a named-only file to its office and province again."""
    agency = check_desk(by=by)
    if not case.named_only:
        raise NotNow(_("This file is not for named people only."))
    if open_request(case):
        raise NotNow(_("Somebody has asked for it already. A second person decides."))
    _step(case, Act.LIFT_ASKED, words, by=by, agency_id=agency)
    record(Kind.NAMED_LIFT_ASKED, files.thing(case))


@transaction.atomic
def decline_lift(*, case: Case, words: str, by: User) -> None:
    """Another person of the desk keeps the file for named people only; whoever asked may take it back so too."""
    agency = check_desk(by=by)
    if open_request(case) is None:
        raise NotNow(_("Nobody has asked for it."))
    _step(case, Act.LIFT_DECLINED, words, by=by, agency_id=agency)
    record(Kind.NAMED_LIFT_DECLINED, files.thing(case))


@transaction.atomic
def lift(*, case: Case, words: str, by: User) -> None:
    """The second person, of another agency of the desk, opens the file to its office and province again."""
    check_desk(by=by)
    asked = open_request(case)
    if asked is None:
        raise NotNow(_("Nobody has asked for it."))
    agency = desk_agency(by, other_than=asked.agency_id)
    if asked.by_id == by.pk or agency is None:
        raise Refused(
            _("This needs a second person of the national desk, of another agency than the one that asked."),
            code="second-of-desk",
            label=case.number,
        )
    if not says_something(words):
        raise NotNow(_("Say why, in a sentence that a colleague will understand."))
    by.acts_with(Capability.NAMED_DESK, near=agency)
    step = NamedStep(case=case, act=Act.LIFTED)
    vault.seal_step(step, words.strip())
    record(Kind.NAMED_LIFTED, files.thing(case), fields=["named_only"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_lift_named_only(%s, %s, %s, %s)", [case.pk, step.pk, step.words_sealed, agency]
        )


def check_desk(*, by: User) -> uuid.UUID:
    """The desk's agency for which somebody acts; refuses whoever is not of the desk."""
    files.check_may(by, Capability.NAMED_DESK, _("Only the national desk decides on this."))
    agency = desk_agency(by)
    if agency is None:
        raise Refused(
            _("Only the national desk decides on this."), code=f"capability:{Capability.NAMED_DESK}"
        )
    return agency


def _step(case: Case, act: str, words: str, *, by: User, agency_id: uuid.UUID) -> None:
    if not says_something(words):
        raise NotNow(_("Say why, in a sentence that a colleague will understand."))
    step = NamedStep(case=case, act=act, by=by, agency_id=agency_id, recorded_at=timezone.now())
    vault.seal_step(step, words.strip())
    step.save(force_insert=True)
