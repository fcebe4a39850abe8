"""Every operation of the interface for programs is asked with right and with wrong data, as its description draws it.

What comes back must be what the description says, never an error of the system, and wrong data must be refused. A run
that meets nothing but refusals proves nothing: at least four of five operations must have been answered with success.
"""

import uuid

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from accounts.models import Agency
from audit.context import acting
from config.wsgi import application
from reports import months
from tests.factories import give_token, make_case, make_referral, make_table

from .test_writing import WHOLE

#: Not asked of us, each with the reason.
LEFT_OUT = {
    "positive_data_acceptance": "rules between fields (a child's consent, a date before birth) fit into no schema",
    "use_after_free": "nothing is ever deleted",
    "ensure_resource_availability": "the same: there is no deleting to follow",
}
EXAMPLES = 10
WORKS = 0.8


@pytest.fixture
def known(people):
    """Records in every state that an operation needs, and the token of an officer."""
    case = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    other = make_case(by=people.officer_bmc, full=True)
    month = months.last_over(timezone.localdate())
    returned = make_referral(other, status="RETURNED", to="NGO-HOPE")
    _token, text = give_token(people.officer_bmc, by=people.administrator, label="Every operation")
    with acting(people.administrator.as_actor()):
        packet = {
            "services": ["SHEL.EM"],
            "reason": "ADDITIONAL_SERVICES",
            "urgency": "HIGH",
            "summary": "Needs a bed tonight.",
            "identity": "NO",
            "consent": "GIVEN",
            "consent_how": "SPOKEN",
            "consent_on": "2026-01-03",
        }
        ids = {code: str(Agency.objects.get(code=code).pk) for code in ("NGO-RIVER", "SHELTER-BMC")}
    return {
        "token": text,
        "number": [case.number, other.number],
        "id": [str(returned.pk)],
        "reports": [str(make_table("DOSVY-BMC", month, status="SIGNED").pk)],
        "name": ["SERVICE", "FORM"],
        "bodies": {
            "open_case": WHOLE,
            "add_note": {"text": "Seen at the shelter"},
            "move": {"verb": "ASK_CLOSURE", "reason": "Found another way", "closure": "NO_SUPPORT_NEEDED"},
            "refer": packet | {"to": ids["NGO-RIVER"]},
            "refer_again": packet | {"to": ids["SHELTER-BMC"]},
            "move_referral": {"verb": "WITHDRAW", "words": "Found another way"},
        },
    }


class Program:
    """Asks one operation as a program would that knows its records: by numbers it was given, with the version."""

    def __init__(self, known):
        self.known, self.reached, self.asked = known, set(), 0

    def ask(self, case, *, knows_what_it_does):
        self.asked += 1
        operation = case.operation.definition.raw["operationId"]
        self.aim(case, operation, knows_what_it_does=knows_what_it_does)
        response = case.call(headers=self.headers(case))
        if 200 <= response.status_code < 300:
            self.reached.add(operation)
        left_out = [getattr(checks, name) for name in LEFT_OUT]
        case.validate_response(response, excluded_checks=left_out, headers=self.headers(case))

    def headers(self, case):
        return {"Authorization": f"Bearer {self.known['token']}", "Accept-Encoding": "identity"}

    def aim(self, case, operation, *, knows_what_it_does):
        wrong = {
            str(place) for place, one in case.meta.components.items() if one.mode == GenerationMode.NEGATIVE
        }
        if not any("path" in place.lower() for place in wrong):
            for name in case.path_parameters or {}:
                values = self.known["reports" if operation == "report" else name]
                case.path_parameters[name] = values[self.asked % len(values)]
        if wrong:
            return
        case.headers.pop("Authorization", None)
        if operation in self.known["bodies"] and knows_what_it_does:
            case.body = self.known["bodies"][operation]
        if case.method == "POST":
            case.headers["Idempotency-Key"] = uuid.uuid4().hex
        if "If-Match" in (case.headers or {}) and knows_what_it_does:
            case.headers["If-Match"] = self.version(case)

    def version(self, case):
        """The tag that a program has from reading the record."""
        from django.test import Client

        where = case.formatted_path.removesuffix("again/").removesuffix("moves/")
        return Client(headers=self.headers(case)).get(where)["ETag"]


@pytest.mark.usefixtures("fresh_db")
def test_every_operation_keeps_its_word_and_most_are_reached(known):
    load_all_checks()
    program = Program(known)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", application, headers=program.headers(None)
    )
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 21
    wrong = [
        f"{operation.label}, {mode.value} data: {told}"
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if (told := run(program, operation, mode))
    ]
    assert not wrong, "\n\n".join(wrong)
    names = {one.definition.raw["operationId"] for one in operations}
    assert len(program.reached) >= WORKS * len(names), (
        f"Never answered with success: {names - program.reached}"
    )


def run(program, operation, mode):
    """What was found wrong, in words; empty when nothing was."""
    turn = iter(range(10_000))

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        program.ask(case, knows_what_it_does=next(turn) % 2 == 0)

    try:
        ask()
    except Unsatisfiable:  # nothing wrong can be said to an operation without parameters
        return ""
    except FailureGroup as found:
        return (
            "\n".join(str(one) for one in found.exceptions) + "\n" + "".join(getattr(found, "__notes__", []))
        )
    return ""
