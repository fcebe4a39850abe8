"""The land that the rule is asked about: people of every kind, and files with every way to them, by rotation."""

import datetime

from tests.people import AGENCIES, PEOPLE

from .rule import ALL, Agency, Bar, Emergency, File, Grant, Land, Person, Post, Referral, of

#: Rights of one person beside their agency's (tests/people.py).
OWN_PROVINCES = {"head_bmc": frozenset({22})}
PROVINCES = range(1, 26)
#: A connection on which nobody acts.
NOBODY = ""
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
#: How soon an end comes that is still to come while the land is made, and over when it is asked.
SOON = datetime.timedelta(seconds=3)
ROLE_OF = {
    "DEPARTMENT": "PROVINCIAL_OFFICER",
    "POLICE": "POLICE_OFFICER",
    "SHELTER": "SHELTER_MANAGER",
    "NGO": "NGO_WORKER",
}
READ_ONLY, WORKS = of("SUMMARY FACTS NOTES"), of("SUMMARY FACTS NOTES RISK WORK")


def known():
    """Everybody of tests/people.py, as records of the rule."""
    agencies = {
        code: Agency(code, kind, frozenset(provinces))
        for code, (kind, _home, provinces, _takes) in AGENCIES.items()
    }
    people = {
        name: Person(
            name,
            tuple(Post(a, str(r), one.ends_on) for a, r in [(one.agency, one.role), *one.also])
            if one.agency
            else (),
            one.is_active,
            OWN_PROVINCES.get(name, frozenset()),
        )
        for name, one in PEOPLE.items()
    }
    return agencies, people


def crowd(agencies, people, kinds=("DEPARTMENT",)):
    """Of each kind an agency in every province, with somebody there; NGOs and shelters hold no province."""
    for kind in kinds:
        for province in PROVINCES:
            code, name = f"{kind}-{province}", f"{kind.lower()}_{province}"
            held = frozenset({province}) if kind in ("DEPARTMENT", "POLICE") else frozenset()
            agencies[code] = Agency(code, kind, held)
            people[name] = Person(name, (Post(code, ROLE_OF[kind]),))
    # Who works at two places has the union of both; who watches at one of them sees nothing by it.
    people["two_posts"] = Person(
        "two_posts", (Post("NGO-HOPE", "NGO_WORKER"), Post("MOSVY", "MINISTRY_REVIEWER"))
    )
    people["watches"] = Person("watches", (Post("DOSVY-BMC", "AUDITOR"), Post("NGO-RIVER", "NGO_WORKER")))
    people["one_post_over"] = Person(
        "one_post_over",
        (Post("DOSVY-BTB", "PROVINCIAL_OFFICER", datetime.date(2025, 1, 1)), Post("NGO-RIVER", "NGO_WORKER")),
    )
    # Who stands in for another has that post as well, as long as the other has it.
    till = datetime.datetime.now(datetime.UTC).date() + 20 * DAY
    for name, home, role, post in (
        ("locum", "NGO-HOPE", "NGO_WORKER", Post("MOSVY", "MINISTRY_REVIEWER", till, "reviewer")),
        (
            "locum_of_former",
            "NGO-RIVER",
            "NGO_WORKER",
            Post("DOSVY-BMC", "PROVINCIAL_OFFICER", till, "former"),
        ),
        (
            "locum_of_closed",
            "NGO-RIVER",
            "NGO_WORKER",
            Post("DOSVY-BMC", "PROVINCIAL_OFFICER", till, "disabled"),
        ),
    ):
        people[name] = Person(name, (Post(home, role), post))
    people["stands_in"] = Person("stands_in", (Post("NGO-HOPE", "NGO_WORKER"),), provinces=frozenset({3, 7}))
    people["stands_in_too"] = Person(
        "stands_in_too", (Post("DOSVY-BTB", "PROVINCIAL_OFFICER"),), provinces=frozenset({4})
    )
    agencies["CLOSED"] = Agency("CLOSED", "DEPARTMENT", frozenset({1, 2, 3}), active=False)
    people["closed"] = Person("closed", (Post("CLOSED", "PROVINCIAL_OFFICER"),))
    people[NOBODY] = Person(NOBODY)


def ways(now, owner):
    """Each way to a file, or away from it: a set of fields of a file."""
    later, soon, past = now + DAY, now + SOON, now - DAY
    referral = lambda to, status, **more: {"referrals": (Referral(to, status, WORKS, **more),)}  # noqa: E731
    return [
        {},
        referral("SHELTER-BMC", "SUBMITTED"),
        referral("NGO-RIVER", "APPROVED", sent=True),
        referral("NGO-RIVER", "DECLINED", sent=True),
        referral("NGO-HOPE", "ACCEPTED", sent=True)
        | {"grants": (Grant("agency:NGO-HOPE", WORKS, None, "referral:0", "ngo_hope"),)},
        {
            # To read alone: whoever is of the agency sees the grant by the referral, not by working on the file.
            "referrals": (Referral("NGO-HOPE", "COMPLETED", READ_ONLY, True, later),),
            "grants": (Grant("agency:NGO-HOPE", READ_ONLY, later, "referral:0", "ngo_hope"),),
        },
        referral("SHELTER-BMC", "COMPLETED", sent=True, access_until=soon)
        | {"grants": (Grant("agency:SHELTER-BMC", WORKS, soon, "referral:0", "shelter"),)},
        {"grants": (Grant("person:officer_btb", READ_ONLY, later, giver=owner),)},
        {
            "grants": (
                Grant("person:officer_btb", ALL, soon, giver=owner),
                Grant("person:former", ALL, later, giver=owner),
            )
        },
        {"grants": (Grant("person:ngo_river", of("SUMMARY IDENTITY CONSENT"), later, giver=owner),)},
        {"grants": (Grant("person:identifier", of("SUMMARY NOTES"), later, giver=owner),)},
        {
            "grants": (
                Grant("person:disabled", ALL, later, giver=owner),
                Grant("person:auditor", ALL, later, giver=owner),
            )
        },
        {
            "grants": (
                Grant("agency:NGO-RIVER", of("SUMMARY WORK"), later, giver=owner),
                Grant("agency:POLICE-BMC", ALL, past, giver=owner),
            )
        },
        {"bars": (Bar("person:reviewer", owner), Bar("agency:NGO-HOPE", owner))},
        {"bars": (Bar("agency:MOSVY", owner), Bar("person:officer_bmc", owner))},
        {"bars": (Bar("agency:NCCT", owner, lifted=True), Bar("agency:OFFICE", owner))},
        {
            "bars": (Bar("person:ngo_hope", "ngo_hope"),),
            "grants": (
                Grant("person:ngo_hope", ALL, later, giver=owner),
                Grant("person:ngo_hope_2", ALL, later, giver=owner),
            ),
        },
        {"bars": (Bar("person:desk_1", owner), Bar("person:reviewer", owner)), "named": "FIRST"},
        {
            "grants": (
                Grant("person:shelter", ALL - of("MOVE REFERRALS"), now + HOUR, "break-glass:1", "shelter"),
            ),
            "emergencies": (Emergency("shelter", now + HOUR),),
        },
        {
            "grants": (
                Grant("person:police_bmc", ALL - of("MOVE REFERRALS"), soon, "break-glass:1", "police_bmc"),
            ),
            "emergencies": (Emergency("police_bmc", soon),),
        },
        {"named": "FIRST"},
        # Handed on: whoever made it sees it no more.
        {"named": "FIRST", "worker": "officer_bmc_2" if owner != "officer_bmc_2" else "officer_bmc"},
        {
            "named": "FIRST",
            "grants": (
                Grant("person:officer_btb", READ_ONLY, later, giver=owner),
                Grant("agency:NGO-HOPE", ALL, later, giver=owner),
            ),
        },
        {"named": "LATER"},
        {
            "named": "LATER",
            "grants": (
                Grant("person:officer_bmc_2", ALL, None, "named:1", owner),
                Grant("person:shelter", ALL, now + HOUR, "break-glass:1", "shelter"),
            ),
        },
    ]


def land(now, *, kinds=("DEPARTMENT",), rounds=1):
    """Every province, owned by five kinds of agency, each with another way to it."""
    agencies, people = known()
    crowd(agencies, people, kinds)
    made = Land(now, agencies, people)
    turn = 0
    for which in range(rounds):
        for province in PROVINCES:
            owners = (
                (f"DEPARTMENT-{province}", f"department_{province}"),
                ("DOSVY-BMC", "officer_bmc"),
                ("POLICE-BMC", "police_bmc"),
                ("NGO-HOPE", "ngo_hope"),
                ("MOSVY", "reviewer"),
            )
            for agency, opener in owners:
                options = ways(now, opener)
                fields = options[turn % len(options)]
                made.files.append(File(f"{which}-{province}-{agency}", province, agency, opener, **fields))
                turn += 1
    return made
