"""The second half of every sign-in, as a stage of allauth's."""

import hmac
import uuid

# Before the stages, which import it in a circle.
import allauth.account.internal.flows  # noqa: F401
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from . import machines
from .door import REMEMBERED, let_by
from .models import Factor, User

KEY = "factor"


class SecondFactor(LoginStage):
    key = KEY
    urlname = "account_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if machines.known(self.request, person):
            let_by(self.request, person, REMEMBERED)
            return None, True
        # Whoever sets another password meanwhile ends what began with the old one.
        self.state["stamp"] = machines.stamp(person).hex()
        return redirect(self.urlname), True

    def is_resumable(self, request: HttpRequest) -> bool:
        """The first page begins anew: at a shared computer the next one who comes may be somebody else."""
        return False

    def finish(self, factor: Factor) -> HttpResponse:
        person: User = self.login.user
        let_by(self.request, person, factor.kind)
        response: HttpResponse = self.exit()
        machines.remember(response, person, factor)
        return response


def person_id(request: HttpRequest) -> str:
    """Whose sign-in waits in this session for its second half: their id, read without a database; else nothing."""
    waits = request.session.get(LOGIN_SESSION_KEY) or {}
    return str(uuid.UUID(waits["user_pk"])) if waits.get("user_pk") else ""


def pending(request: HttpRequest) -> SecondFactor | None:
    """The sign-in that waits for its second half in this session, if it may still go on."""
    stage: SecondFactor | None = None
    if not request.user.is_authenticated:
        stage = LoginStageController.enter(request, KEY)
    if stage is None or stage.login.user is None or not stage.login.user.is_active:
        return None
    stands = machines.stamp(stage.login.user).hex()
    return stage if hmac.compare_digest(stage.state.get("stamp", ""), stands) else None
