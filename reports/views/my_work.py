"""My work: what waits for this person, first."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.confirming import how_many
from accounts.held import sheets_printed_since
from accounts.mine import posts_ending
from accounts.models import User
from accounts.roles import SENTENCES, Capability, Role
from audit.kinds import Kind
from audit.record import Thing, record
from cases import intake
from cases import queries as files
from referrals import queries as referrals

from .. import queries
from .tables import table_rows, with_deadlines


@login_required
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/my_work.html", work_of(request.user))


def work_of(user: User) -> dict[str, Any]:
    """Each list a person's roles give them, on the trail as it is shown; a list they cannot have is None."""
    works = user.may(Capability.MOVE_FILE)
    decide, mine = files.waiting_for_decision(user), files.waiting_for(user) if works else []
    asked = {
        "to_review": referrals.waiting_for_review(user) if user.may(Capability.REVIEW_REFERRAL) else None,
        "to_answer": referrals.waiting_for_my_agency(user) if user.may(Capability.ANSWER_REFERRAL) else None,
        "sent": referrals.sent_by_me(user) if user.may(Capability.REFER) else None,
    }
    _listed(user, Kind.FILE_LISTED, [str(case.pk) for case in (*decide, *mine)])
    _listed(user, Kind.REFERRAL_LISTED, [line.id for lines in asked.values() for line in lines or ()])
    return {
        **asked,
        "drafts": intake.unfinished(user) if user.may(Capability.OPEN_FILE) else [],
        "tables": table_rows(queries.waiting_for(user)),
        "decide": with_deadlines(user, decide),
        "files": with_deadlines(user, mine) if works else None,
        "open_files": files.count_open(user) if works else 0,
        "mine": files.count_mine(user) if works else 0,
        "to_confirm": how_many(user),
        "ending": posts_ending(user),
        "sheets_printed": sheets_printed_since(user, user.last_login) if user.last_login else [],
        "may_open": user.may(Capability.OPEN_FILE),
        "may_read_trail": user.may(Capability.READ_TRAIL),
        "sentences": [SENTENCES[c] for c in Capability if c in user.rights.capabilities],
        "roles": [Role(role).label for role in sorted(user.rights.roles)],
    }


def _listed(user: User, kind: Kind, ids: list[str]) -> None:
    """What somebody sees at a glance, once each; nothing where there was nothing to see."""
    seen = list(dict.fromkeys(ids))
    if seen:
        user.acts_with(Capability.READ_FILE)
        record(kind, Thing(type="page", id="reports:my_work"), detail={"rows": len(seen), "ids": seen})
