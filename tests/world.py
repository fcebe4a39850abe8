"""A small world with something of everything in it, so that whatever must stay hidden is really there.

Made by real actions. `build()` gives a namespace of the records by what they are for.
"""

import datetime
from types import SimpleNamespace

from django.http import HttpResponse
from django.utils import timezone

from accounts import actions as people_actions
from accounts import machines
from accounts.models import (
    Code,
    ConductText,
    Factor,
    Membership,
    ProvinceAgencyRight,
    ProvincePersonRight,
    SectionRule,
    Sitting,
)
from accounts.sections import Section
from audit.context import acting, system
from cases import access, actions
from cases.answers import Answer
from cases.exclusions import actions as exclusion_actions
from cases.glass import actions as glass_actions
from cases.models import Register
from cases.sight import actions as sight_actions
from cases.states import Status
from desk import drafts, heirs
from desk.models import DeadlinePolicy, Delivery, Draft, Due, Export, Holiday, Notice, Once
from desk.reminders import actions as reminder_actions
from desk.reminders import sweep
from reports import actions as report_actions
from reports import months

from . import people as personas
from .factories import add_note, give_token, keep_away, make_case, make_referral, make_table
from .registers.made import import_register, make_register

SHARED = Section.SUMMARY | Section.IDENTITY | Section.FACTS | Section.NOTES
READ_ONLY = Section.SUMMARY | Section.FACTS | Section.NOTES


def build():
    people = personas.read()
    officer = people.officer_bmc
    own = make_case(by=officer, full=True, status=Status.PRESUMED)
    hidden = make_case(by=officer, full=True, official_involved=Answer.UNSURE)
    other = make_case(by=people.officer_btb, full=True)
    police = make_case(by=people.police_bmc, full=True)
    ngo = make_case(by=people.ngo_hope, full=True)
    for case, by in ((own, officer), (hidden, officer), (other, people.officer_btb), (ngo, people.ngo_hope)):
        add_note(case, by=by)
    world = SimpleNamespace(
        people=people, own=own, hidden=hidden, other=other, police=police, ngo=ngo,
        # Read only, so that the organisation's sight follows from the referral and from nothing else.
        accepted=make_referral(own, status="ACCEPTED", to="NGO-HOPE", sections=READ_ONLY),
        secret=make_referral(hidden, status="ACCEPTED", to="NGO-HOPE", sections=READ_ONLY),
        sent=make_referral(own, status="APPROVED", to="NGO-RIVER"),
        asked=make_referral(own, to="SHELTER-BMC"),
        returned=make_referral(police, status="RETURNED", to="SHELTER-BMC", by=people.police_bmc),
    )  # fmt: skip
    _share(world)
    _kept_away(world)
    _emergency(world)
    _desk(world)
    _reports(world)
    _place(world)
    _reminders(world)
    _registers(world)
    return world


def _reports(world):
    """Of one department a month that is signed, one that waits for its head, and one that is being prepared."""
    last = months.last_over(timezone.localdate())
    world.signed = make_table("DOSVY-BMC", months.before(months.before(last)), status="SIGNED")
    world.prepared = make_table("DOSVY-BMC", months.before(last), status="PREPARED")
    world.table = make_table("DOSVY-BMC", last)
    world.elsewhere = make_table("DOSVY-BTB", last)
    older = make_table("DOSVY-BMC", months.before(months.before(months.before(last))), status="SIGNED")
    with acting(world.people.head_bmc.as_actor()):
        by = world.people.head_bmc
        again = report_actions.correct(table=older, reason="One file was counted twice.", by=by)
        report_actions.write(table=again, remarks="", explanation="It came over from Battambang.", by=by)


def _share(world):
    """One named person of another province may see a file of this one for a month."""
    officer = world.people.officer_bmc
    with acting(officer.as_actor()):
        access.grant(
            case_id=world.own.pk, to=world.people.officer_btb, sections=SHARED,
            until=timezone.now() + datetime.timedelta(days=30), reason="COLLEAGUE", because="share:test", by=officer,
        )  # fmt: skip
        actions.record_consent(
            case=world.own,
            purpose="STATISTICS",
            answer="GIVEN",
            given_on=datetime.date(2026, 1, 4),
            by=officer,
        )


def _kept_away(world):
    """Of two files somebody is kept away who would not see them anyhow: what waits at the office, and at the desk; and
    one exclusion that was reviewed."""
    people = world.people
    world.exclusion = keep_away(world.own, people.shelter, by=people.officer_bmc)
    world.at_desk = keep_away(world.hidden, people.police_bmc, by=people.officer_bmc)
    upheld = keep_away(world.police, "NGO-RIVER", by=people.police_bmc)
    with acting(people.reviewer.as_actor()):
        exclusion_actions.uphold(exclusion=upheld, words="A cousin works there.", by=people.reviewer)


def _emergency(world):
    """An officer of another province opened a file in an emergency, and it is over; the desk asks to open another."""
    people = world.people
    with acting(people.officer_btb.as_actor()):
        world.glass = glass_actions.break_glass(
            number=world.police.number,
            why="DANGER",
            reason="The recruiter is at her door, she calls us.",
            hours=1,
            by=people.officer_btb,
        )
        glass_actions.end_emergency(glass=world.glass, by=people.officer_btb)
    with acting(people.officer_btb.as_actor()):
        looked_at = glass_actions.break_glass(
            number=world.police.number,
            why="CHILD",
            reason="A child has run from the same house.",
            hours=1,
            by=people.officer_btb,
        )
        glass_actions.end_emergency(glass=looked_at, by=people.officer_btb)
    with acting(people.officer_bmc_2.as_actor()):  # of this their own head is told
        elsewhere = glass_actions.break_glass(
            number=world.other.number,
            why="DANGER",
            reason="Her brother is with us, she does not answer.",
            hours=1,
            by=people.officer_bmc_2,
        )
        glass_actions.end_emergency(glass=elsewhere, by=people.officer_bmc_2)
    with acting(people.reviewer.as_actor()):
        for glass, case in ((looked_at, world.police), (elsewhere, world.other)):
            glass_actions.review(
                glass=glass,
                opened=access.open_case(people.reviewer, case.number),
                outcome="RIGHT",
                words="The police confirm it.",
                by=people.reviewer,
            )
    with acting(people.desk_1.as_actor()):
        sight_actions.ask_lift(case=world.hidden, words="The officer has been cleared.", by=people.desk_1)


def _place(world):
    """What an administrator looks after: a role, a right, a rule, a code. Also a slip and a sheet that were handed out,
    and a machine at which somebody has shown their second factor today."""
    administrator = world.people.administrator
    with acting(administrator.as_actor()):
        world.post = Membership.objects.get(person=world.people.officer_bmc)
        world.right = ProvinceAgencyRight.objects.get(group__agency=world.post.agency_id)
        world.own_right = ProvincePersonRight.objects.get(user=world.people.head_bmc)
        world.rule = SectionRule.objects.order_by("pk").first()
        world.code = Code.objects.filter(list="FORM").order_by("pk").first()
        people_actions.print_slip(person=world.people.officer_bmc_2, by=administrator)
        # Not by its action, which would ask everybody: one has accepted it.
        conduct = ConductText(version=1, text_km="សូមគោរព", text_en="Be kind.", publisher=administrator)
        conduct.save(force_insert=True)
    head = world.people.head_bmc
    with acting(head.as_actor()):
        people_actions.print_sheet(person=world.people.officer_bmc_2, by=head)
        world.head_post, soon = Membership.objects.get(person=head), timezone.localdate()
        # From the day after tomorrow: nobody's rights of today are others by it.
        world.stand_in = people_actions.let_stand_in(
            post=world.head_post,
            person=world.people.officer_bmc_2,
            starts_on=soon + datetime.timedelta(days=2),
            ends_on=soon + datetime.timedelta(days=9),
            by=head,
        )
    with acting(system("sign-in")):
        world.factor = Factor.objects.get(person=world.people.officer_bmc)
        machines.remember(HttpResponse(), world.people.officer_bmc, world.factor)
    with acting(world.people.officer_bmc.as_actor()):
        people_actions.accept_conduct(person=world.people.officer_bmc, version=1, by=world.people.officer_bmc)
        world.sitting = Sitting(person=world.people.officer_bmc, session_key="a" * 32, browser="Firefox")
        world.sitting.save(force_insert=True)
        # And one whose session is over long ago (desk/expiry.py).
        gone = timezone.now() - datetime.timedelta(days=2)
        Sitting(person=world.people.officer_bmc, session_key="b" * 32, began_at=gone).save(force_insert=True)


def _desk(world):
    """A private draft, text kept from an ended session, a form that was sent, an export that was asked for."""
    officer, auditor = world.people.officer_bmc, world.people.auditor
    with acting(officer.as_actor()):
        world.draft = drafts.start(
            by=officer, kind=Draft.Kind.INTAKE, data={"alias": ["ផ្កា"], "province": ["1"]}
        )
        given = drafts.start(by=officer, kind=Draft.Kind.INTAKE, data={"alias": ["ស្លឹក"], "province": ["1"]})
        heirs.name_heir(draft_id=given.pk, heir=world.people.officer_bmc_2, by=officer)
        drafts.start(by=officer, kind=Draft.Kind.TYPED, data={"text": ["x"]}, path="/files/")
        Once(person=officer, key="once-1", path="/files/").save(force_insert=True)
        # And of each one that has had its time (desk/expiry.py).
        long_ago = timezone.now() - datetime.timedelta(days=40)
        drafts.start(by=officer, kind=Draft.Kind.TYPED, data={"text": ["x"]}, path="/")
        Draft.objects.filter(path="/").update(expires_at=long_ago)
        Once(person=officer, key="once-2", path="/files/", created_at=long_ago).save(force_insert=True)
    _token(world)
    with acting(auditor.as_actor()):
        world.export = Export(
            maker=auditor,
            kind="TRAIL",
            shape="CSV",
            filters={},
            expires_at=timezone.now() + datetime.timedelta(days=1),
        )
        world.export.save(force_insert=True)


def _reminders(world):
    """Some were told of what is due, one by a message that waits; of one deadline nobody could be told."""
    for person in (world.people.officer_bmc, world.people.ngo_river):
        with acting(person.as_actor()):
            reminder_actions.set_mailbox(address="somebody@example.org", by=person)
    with acting(system("reminder")):
        Due.objects.filter(done_at=None).update(next_at=timezone.now())
    for danger in (True, False):
        sweep.tell_batch(danger=danger)
    with acting(system("reminder")):
        message = Delivery(key="day:test", person=world.people.officer_bmc, kind="DAY")
        message.save(force_insert=True)
        Notice.objects.filter(person=world.people.officer_bmc).update(delivery=message)
        Due.objects.filter(case_id=world.other.pk).update(told=0, stage="DUE", next_at=timezone.now())
    with acting(world.people.administrator.as_actor()):
        # One deadline is confirmed, so that figures tell late by it from late by a proposal.
        of_own = DeadlinePolicy.objects.get(what="CASE", step="PRESUMED", level="ANY", child_only=True)
        values = {name: getattr(of_own, name) for name in reminder_actions.POLICY_FIELDS}
        decided = {"confirmed": True, "legal_ref": "Decision 1"}
        reminder_actions.change_policy(policy=of_own, values=values | decided, by=world.people.administrator)
        world.policy = DeadlinePolicy.objects.order_by("pk").first()
        world.holiday = Holiday.objects.order_by("pk").first()


def _token(world):
    """A token with which programs act as an officer, and one that they have not accepted yet."""
    administrator, officer = world.people.administrator, world.people.officer_bmc
    world.token, world.token_text = give_token(officer, by=administrator, label="Figures of the office")
    with acting(administrator.as_actor()):
        world.offered = people_actions.offer_token(
            membership=Membership.objects.get(person=officer),
            label="Not accepted yet",
            scope="READ",
            expires_at=timezone.now() + datetime.timedelta(days=30),
            by=administrator,
        )


def _registers(world):
    """A register that is checked, one that was imported, one whose day is over; each with what stays of it."""
    officer = world.people.officer_bmc
    rows = [("ឈ្មោះ", "ភេទ", "អាយុ"), ("សុខ មករា", "ប្រុស", "15"), ("សុខ ពិសី", "?", "many"), ("សុខ ពិសី", "F", "16")]
    world.imported = import_register(officer, [rows[0], ("កែវ ដារ៉ា", "ស្រី", "17")], start=True)
    world.old_register = make_register(officer, rows)
    with acting(officer.as_actor()):
        long_ago = timezone.now() - datetime.timedelta(days=2)
        Register.objects.filter(pk=world.old_register.pk).update(expires_at=long_ago)
    world.register = make_register(officer, rows)
    make_register(world.people.ngo_hope, rows)
