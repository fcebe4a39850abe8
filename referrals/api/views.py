"""Referrals for programs: the same rule, the same acts, the same reads on the trail as on the pages."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import asking, bodies
from accounts.refusals import BadParameter, Refused
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record
from cases.access import check_may, open_case
from cases.queries import is_key, key_at

from .. import actions, lifecycle, queries
from ..access import Opened, open_referral
from ..forms import ActForm, ReferralForm
from ..lifecycle import BY_VERB, Verb
from ..models import Referral
from . import serializers as told
from .bodies import PacketBody, ReferralMoveBody

PAGE = 50
LISTS = {"inbox": queries.inbox, "sent": queries.sent, "all": queries.everything}


def opened_for_program(request: Request, pk: uuid.UUID) -> Opened:
    asking.check_known(request)
    return open_referral(request.user, pk, page="api")


def _stands(referral: Referral, status: int = 200) -> Response:
    answer = Response(told.ReferralStandsSerializer(referral).data, status=status)
    if status == 201:
        answer["Location"] = reverse("api_referral", args=[referral.pk])
    return asking.tagged(answer, referral.version)


class ReferralList(APIView):
    @extend_schema(
        operation_id="referrals",
        summary=gettext_lazy("Referrals: asked of us, sent by us, or all within reach; 50 at a time"),
        parameters=[
            OpenApiParameter("show", str, enum=list(LISTS), default="all"),
            OpenApiParameter("after", str, description="“next” of the page before."),
        ],
        responses=told.ReferralsSerializer,
    )
    def get(self, request: Request) -> Response:
        check_may(request.user, Capability.READ_FILE)
        asking.check_known(request, "show", "after")
        which = asking.choice_asked(request, "show", LISTS, "all")
        after = request.query_params.get("after", "")
        if after and not is_key(after):
            raise BadParameter(_("“after” is not the key of a page. Take it from “next” of the page before."))
        rows = queries.older_than(LISTS[which](request.user), after)
        found = queries.seen(request.user, rows[: PAGE + 1])
        page = found[:PAGE]
        detail = {"list": which, "rows": len(page), "ids": [str(one.referral.pk) for one in page]}
        record(Kind.REFERRAL_LISTED, Thing(type="referral"), detail=detail)
        last = page[-1].referral if len(found) > PAGE else None
        body = {
            "next": key_at(last.status_since, last.pk) if last else None,
            "results": [told.row(one) for one in page],
        }
        return Response(told.ReferralsSerializer(body).data)


class ReferralDetail(APIView):
    @extend_schema(
        operation_id="referral",
        summary=gettext_lazy("One referral with its steps"),
        responses=told.ReferralInFullSerializer,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        opened = opened_for_program(request, pk)
        answer = Response(told.ReferralInFullSerializer(told.in_full(opened)).data)
        return asking.tagged(answer, opened.referral.version)


class ReferralsOfCase(APIView):
    @extend_schema(
        operation_id="refer",
        summary=gettext_lazy("Ask for a referral of a case file, with the person's consent"),
        request=PacketBody,
        responses={201: told.ReferralStandsSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        asking.check_known(request)
        case = open_case(request.user, number, page="api").case
        actions.check_may_refer(case, request.user)
        packet = _packet(request, case)
        return _stands(actions.submit(case=case, packet=packet, by=request.user), status=201)


class ReferralAgain(APIView):
    @extend_schema(
        operation_id="refer_again",
        summary=gettext_lazy("Change a returned referral and send it in again"),
        request=PacketBody,
        responses=told.ReferralStandsSerializer,
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        opened = opened_for_program(request, pk)
        lifecycle.check_side(opened.sides, BY_VERB[Verb.RESUBMIT])
        version = asking.version_known(request)
        packet = _packet(request, opened.referral.case)
        moved = actions.resubmit(referral=opened.referral, packet=packet, by=request.user, version=version)
        return _stands(moved)


class ReferralMoves(APIView):
    @extend_schema(
        operation_id="referral_moves",
        summary=gettext_lazy("The steps of a referral that are open now"),
        responses=told.ReferralMovesSerializer,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        opened = opened_for_program(request, pk)
        answer = Response(told.ReferralMovesSerializer(told.moves(opened, request.user)).data)
        return asking.tagged(answer, opened.referral.version)

    @extend_schema(
        operation_id="move_referral",
        summary=gettext_lazy("Approve, return, accept, decline, begin, complete or withdraw a referral"),
        request=ReferralMoveBody,
        responses=told.ReferralStandsSerializer,
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        opened = opened_for_program(request, pk)
        if not opened.sides:
            raise Refused(_("Your role does not include this."), code="side:NONE")
        version = asking.version_known(request)
        typed = bodies.read(request, ReferralMoveBody)
        move = BY_VERB[typed["verb"][0]]
        lifecycle.check_side(opened.sides, move)
        form = bodies.check(ActForm(bodies.as_data(typed, version=version), move=move))
        return _stands(_do(move, opened.referral, form.cleaned_data, request.user))


def _packet(request: Request, case: Any) -> actions.Packet:
    typed = bodies.read(request, PacketBody)
    receivers = queries.receivers(request.user, case)
    packet: actions.Packet = bodies.check(ReferralForm(bodies.as_data(typed), receivers=receivers)).packet()
    return packet


def _do(move: lifecycle.Move, referral: Referral, data: dict[str, Any], user: Any) -> Referral:
    """The action of a verb, with what it takes."""
    given = {"referral": referral, "by": user, "version": data["version"]}
    if move.reasons:
        given["reason"] = data["reason"]
    given["feedback" if move.verb == Verb.COMPLETE else "words"] = data["words"]
    moved: Referral = getattr(actions, move.verb.lower())(**given)
    return moved
