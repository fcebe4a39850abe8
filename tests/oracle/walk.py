"""A machine that gives, takes and hides at random, by the product's actions, and keeps the rule's own record of it.

After every step somebody asks for the list, a file, a count, a search, the interface for programs and an export: each
gives what the oracle says, so they agree with each other too.
"""

import datetime
from dataclasses import replace

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts import actions as people_actions
from accounts.models import Agency, Membership, Province
from accounts.refusals import NotFound, NotNow, Refused
from accounts.sections import Section
from audit.context import acting
from cases import access
from cases import actions as case_actions
from cases.answers import Answer
from cases.exclusions import actions as exclusion_actions
from cases.glass import actions as glass_actions
from cases.sight import actions as sight_actions
from cases.worker import actions as worker_actions
from referrals.access import visible_referrals
from tests.factories import OFFERED, answer, keep_away, make_case, packet
from tests.people import read

from .asking import Asking
from .land import known
from .rule import ALL, SECTIONS, Bar, File, Grant, Land, Referral, of, without_post

OPENERS = ("officer_bmc", "officer_btb", "police_bmc", "ngo_hope")
#: Who asks; each step two of them.
ASKERS = (
    *("officer_bmc", "officer_bmc_2", "head_bmc", "officer_btb", "police_bmc", "reviewer", "identifier"),
    *("ngo_hope", "ngo_hope_2", "ngo_river", "shelter", "desk_1", "desk_reviewer", "committee", "auditor"),
)
#: Whose role is ended now and then.
LEAVERS = ("officer_bmc_2", "head_bmc", "ngo_hope_2", "reviewer", "shelter", "officer_btb")
NAMES, RECEIVERS = st.sampled_from(ASKERS), st.sampled_from(("NGO-HOPE", "NGO-RIVER", "SHELTER-BMC"))
SHARES = st.sampled_from(
    (
        of("SUMMARY"),
        of("SUMMARY NOTES"),
        of("SUMMARY FACTS NOTES WORK"),
        ALL - of("MOVE"),
        of("SUMMARY IDENTITY"),
    )
)
ANSWERER = {"NGO-HOPE": "ngo_hope", "NGO-RIVER": "ngo_river", "SHELTER-BMC": "shelter"}
#: Which of what is there then: drawn before it is known how many there are, so that every walk draws alike.
PLACES = st.integers(0, 59)
NOT_DONE = (Refused, NotNow, NotFound)


def bits(sections):
    return Section(sum(1 << SECTIONS.index(one) for one in sections))


class Walk(Asking, RuleBasedStateMachine):
    """One database for all walks: what a walk did to people it takes back, its files stay as they are."""

    everything: dict[str, File]  # of every walk so far, by number; set by whoever runs it

    def __init__(self):
        super().__init__()
        self.people, self.turn = read(), 0
        agencies, people = known()
        self.land = Land(timezone.now(), agencies, people)
        self.files: list[str] = []
        self.referrals, self.shares, self.bars, self.posts, self.rights = {}, [], [], [], []
        self.clients = {}

    # --- helpers ---

    def change(self, number, **fields):
        self.everything[number] = replace(self.everything[number], **fields)

    def case(self, number, who):
        """The row as somebody sees it who can; an act on what is out of sight is not tried."""
        with acting(self.people.__dict__[who].as_actor()):
            return access.visible_cases(self.people.__dict__[who]).filter(number=number).first()

    def attempt(self, who, act):
        """What it gave, or None where the product refused it: then nothing has changed."""
        person = read().__dict__[who]
        try:
            with acting(person.as_actor()):
                return act(person) or True
        except NOT_DONE:
            return None

    def pick(self, at):
        return self.files[at % len(self.files)]

    # --- files ---

    @initialize(opener=st.sampled_from(OPENERS))
    def first(self, opener):
        self._make(opener, Answer.NO)

    @rule(opener=st.sampled_from(OPENERS), official=st.sampled_from((Answer.NO, Answer.UNSURE)))
    def make(self, opener, official):
        if len(self.files) < 3:
            self._make(opener, official)

    def _make(self, opener, official):
        if any(gone == opener for gone, *_rest in self.posts):
            return
        case = make_case(
            by=self.people.__dict__[opener], official_involved=official, identity={"name_km": "សុខ មករា"}
        )
        home = self.land.people[opener].posts[0].agency
        named = "" if official == Answer.NO else "FIRST"
        self.everything[case.number] = File(case.number, case.province_id, home, opener, named)
        self.files.append(case.number)

    @rule(at=PLACES, verb=st.sampled_from(("START_SCREENING", "PRESUME", "ASSESS")))
    def move(self, at, verb):
        """Nobody's sight hangs on it."""
        number = self.pick(at)
        opener = self.everything[number].opener
        case = self.case(number, opener)
        if case:
            self.attempt(opener, lambda by: case_actions.move(case=case, verb=verb, by=by, reason="x"))

    @rule(at=PLACES, to=st.sampled_from(("officer_bmc_2", "head_bmc", "ngo_hope_2", "desk_1")))
    def hand_over(self, at, to):
        """Who works on a file for named people only sees it by that; whoever did before, no more."""
        number = self.pick(at)
        file = self.everything[number]
        by = file.worker or file.opener
        case = self.case(number, by)
        if case and self.attempt(
            by, lambda who: worker_actions.hand_over(case=case, to=read().__dict__[to], by=who)
        ):
            self.change(number, worker=to)

    # --- given and taken ---

    @rule(at=PLACES, to=NAMES, sections=SHARES)
    def share(self, at, to, sections):
        number = self.pick(at)
        file = self.everything[number]
        case = self.case(number, file.opener)
        until = timezone.localdate() + datetime.timedelta(days=9)
        if case is None or to == file.opener:
            return
        because = self.attempt(
            file.opener,
            lambda by: sight_actions.share(
                case=case, to=read().__dict__[to], sections=bits(sections), until=until, reason="HELP", by=by
            ),
        )
        if because:
            end = timezone.now() + datetime.timedelta(days=9)
            grant = Grant(f"person:{to}", sections | of("SUMMARY"), end, because, file.opener)
            self.change(number, grants=(*file.grants, grant))

    @rule(at=PLACES)
    def end_share(self, at):
        number = self.pick(at)
        file = self.everything[number]
        case = self.case(number, file.opener)
        given = [one for one in file.grants if one.because.startswith("share:")]
        if given and case:
            one = given[at % len(given)]
            if self.attempt(
                file.opener,
                lambda by: sight_actions.end_share(case=case, because=one.because, by=by) or True,
            ):
                self.change(number, grants=tuple(x for x in file.grants if x != one))

    @rule(at=PLACES, to=RECEIVERS)
    def refer(self, at, to):
        from referrals import actions

        number = self.pick(at)
        file = self.everything[number]
        case = self.case(number, file.opener)
        if case and file.owner != to:
            asked = self.attempt(file.opener, lambda by: actions.submit(case=case, packet=packet(to), by=by))
            if asked:
                self.referrals[asked.pk] = (number, to)
                sections = frozenset(one for one in SECTIONS if OFFERED & Section[one])
                self.change(number, referrals=(*file.referrals, Referral(to, "SUBMITTED", sections)))

    @rule(
        at=PLACES,
        verb=st.sampled_from(("APPROVE", "ACCEPT", "ACCEPT", "DECLINE", "COMPLETE", "WITHDRAW")),
    )
    def answer(self, at, verb):
        if not self.referrals:
            return
        pk = list(self.referrals)[at % len(self.referrals)]
        number, to = self.referrals[pk]
        file = self.everything[number]
        desk = "desk_reviewer" if file.named else "reviewer"
        who = {"APPROVE": desk, "WITHDRAW": file.opener}.get(verb, ANSWERER[to])
        with acting(self.people.__dict__[who].as_actor()):
            referral = visible_referrals(read().__dict__[who]).filter(pk=pk).first()
        if referral is None or not self.attempt(who, lambda by: answer(referral, verb, by=by, to=to)):
            return
        at = next(i for i, one in enumerate(self.of_file(number)) if one == pk)
        before = file.referrals[at]
        because = f"referral:{pk}"
        kept = tuple(one for one in file.grants if one.because != because or verb in ("APPROVE", "DECLINE"))
        status = {"APPROVE": "APPROVED", "ACCEPT": "ACCEPTED", "DECLINE": "DECLINED"}.get(verb, f"{verb}D")
        after = replace(before, status=status, sent=before.sent or verb == "APPROVE")
        if verb in ("ACCEPT", "COMPLETE"):
            receiver = f"person:{who}" if file.named else f"agency:{to}"
            kept = (*kept, Grant(receiver, before.sections, None, because, who))
        changed = (*file.referrals[:at], after, *file.referrals[at + 1 :])
        self.change(number, referrals=changed, grants=kept)

    def of_file(self, number):
        return [pk for pk, (of_file, _to) in self.referrals.items() if of_file == number]

    @rule(at=PLACES, who=st.sampled_from(("officer_btb", "police_bmc", "reviewer", "shelter")))
    def break_glass(self, at, who):
        number = self.pick(at)
        file = self.everything[number]
        reason = "He stands at her door, she calls us."
        glass = self.attempt(
            who,
            lambda by: glass_actions.break_glass(number=number, why="DANGER", reason=reason, hours=2, by=by),
        )
        if glass and glass is not True:
            end = timezone.now() + datetime.timedelta(hours=2)
            grant = Grant(f"person:{who}", ALL - of("MOVE"), end, glass.because, who)
            self.change(number, grants=(*file.grants, grant))

    # --- hidden ---

    @rule(at=PLACES, stays=st.booleans())
    def name_only(self, at, stays):
        number = self.pick(at)
        file = self.everything[number]
        case, me = self.case(number, file.opener), self.people.__dict__[file.opener]
        keep = [me.pk] if stays else []
        if case is None or not self.attempt(
            file.opener,
            lambda by: (
                sight_actions.name_only(case=case, why="OTHER", words="They are involved.", keep=keep, by=by)
                or True
            ),
        ):
            return
        mine = [
            x
            for x in file.grants
            if x.to == f"person:{file.opener}" and not x.because.startswith("break-glass:")
        ]
        kept = tuple(mine) or (Grant(f"person:{file.opener}", ALL, None, "named:1", file.opener),)
        self.change(number, named="LATER", grants=kept if stays else ())

    @rule(at=PLACES, who=st.sampled_from((*ASKERS, "NGO-HOPE", "DOSVY-BTB", "MOSVY", "NCCT")))
    def keep_away(self, at, who):
        number = self.pick(at)
        file = self.everything[number]
        case = self.case(number, file.opener)
        if case is None:
            return
        whom = read().__dict__.get(who, who)
        try:
            made = keep_away(case, whom, by=read().__dict__[file.opener])
        except NOT_DONE:
            return
        bar = Bar(f"{'agency' if whom == who else 'person'}:{who}", file.opener)
        self.change(number, bars=(*file.bars, bar))
        self.bars.append((number, made.pk, bar))

    @rule(at=PLACES, by=st.sampled_from(("head_bmc", "reviewer", "desk_1", "desk_reviewer")))
    def lift(self, at, by):
        if not self.bars:
            return
        one = self.bars[at % len(self.bars)]
        number, pk, bar = one
        with acting(self.people.__dict__[by].as_actor()):
            from cases.exclusions.access import reviewable

            exclusion = reviewable(read().__dict__[by]).filter(pk=pk).first()
        if exclusion and self.attempt(
            by, lambda who: exclusion_actions.lift(exclusion=exclusion, words="It was a mistake.", by=who)
        ):
            self.bars.remove(one)
            rest = list(self.everything[number].bars)
            rest[rest.index(bar)] = replace(bar, lifted=True)
            self.change(number, bars=tuple(rest))

    # --- people and provinces ---

    @rule(who=st.sampled_from(LEAVERS))
    def end_membership(self, who):
        if any(gone == who for gone, *_rest in self.posts):
            return
        with acting(self.people.administrator.as_actor()):
            post = Membership.objects.get(person__sign_in_name=who, ends_on=None)
            people_actions.end_membership(membership=post, by=self.people.administrator, at_once=True)
        self.posts.append((who, post.agency_id, post.role, self.land.people[who]))
        self.land.people[who] = replace(self.land.people[who], posts=())
        for number, file in self.everything.items():
            self.everything[number] = without_post(self.land, who, file)

    @rule(at=PLACES)
    def leave_and_come_back(self, at):
        """Somebody who sees one of the files as a person: they have lost it for good."""
        file = self.everything[self.pick(at)]
        named = [one.to.removeprefix("person:") for one in file.grants]
        found = [who for who in (*named, file.worker or file.opener) if who in LEAVERS]
        if found and all(gone != found[0] for gone, *_rest in self.posts):
            self.end_membership(found[0])
            self.hire_again()

    @rule()
    def hire_again(self):
        if self.posts:
            who, agency_id, role, before = self.posts.pop()
            with acting(self.people.administrator.as_actor()):
                people_actions.start_membership(
                    person=read().__dict__[who],
                    agency=Agency.objects.get(pk=agency_id),
                    role=role,
                    by=self.people.administrator,
                )
            self.land.people[who] = before

    @rule(code=st.sampled_from(("DOSVY-BTB", "POLICE-BMC", "DOSVY-BMC")), province=st.sampled_from((1, 2)))
    def give_province(self, code, province):
        agency = self.land.agencies[code]
        if province in agency.provinces:
            return
        with acting(self.people.administrator.as_actor()):
            right = people_actions.give_province_right(
                agency=Agency.objects.get(code=code),
                province=Province.objects.get(pk=province),
                reason="for a while",
                by=self.people.administrator,
            )
        self.rights.append((right, agency))
        self.land.agencies[code] = replace(agency, provinces=agency.provinces | {province})

    @rule()
    def end_province(self):
        if self.rights:
            right, agency = self.rights.pop()
            with acting(self.people.administrator.as_actor()):
                people_actions.end_province_right(right=right, by=self.people.administrator)
            now = self.land.agencies[agency.code]
            self.land.agencies[agency.code] = replace(
                now, provinces=now.provinces - {right.content_object_id}
            )

    def teardown(self):
        while self.posts:
            self.hire_again()
        while self.rights:
            self.end_province()

    # --- what they see ---

    @invariant()
    def everybody_sees_what_the_oracle_says(self):
        self.land.now = timezone.now()
        for step in (0, 7):
            self.asks(ASKERS[(self.turn + step) % len(ASKERS)])
        self.turn += 1
