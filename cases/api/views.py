"""Files for programs: the same rule, the same acts, the same reads on the trail as on the pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import forged
from accounts.api import asking, bodies
from accounts.refusals import BadParameter, NotFound, NotNow, Refused, Stale
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import Thing, record

from .. import actions, intake, lifecycle, queries
from ..access import Opened, check_may, check_moves, open_case, sections_of_each
from ..access import says_why as words_go_in
from ..forms.acts import MoveForm, NoteForm
from ..forms.filters import FileFilter
from ..models import Case
from ..worker import access as workers
from ..worker import actions as handing
from . import serializers as told
from .bodies import IntakeBody, MoveBody, NoteBody, WorkerBody

_FILTERS = ("status", "risk", "province", "worker")


def opened_for_program(request: Request, number: str) -> Opened:
    asking.check_known(request)
    return open_case(request.user, number, page="api")


class CaseList(APIView):
    @extend_schema(
        operation_id="cases",
        summary=gettext_lazy("The case files within reach, newest first, 50 at a time"),
        parameters=[
            OpenApiParameter("after", str, description="“next” of the page before."),
            *(OpenApiParameter(name, str) for name in _FILTERS),
        ],
        responses=told.CasesSerializer,
    )
    def get(self, request: Request) -> Response:
        check_may(request.user, Capability.READ_FILE)
        asking.check_known(request, "after", *_FILTERS)
        chosen = _chosen(request)
        after = request.query_params.get("after", "")
        if after and not queries.is_key(after):
            raise BadParameter(_("“after” is not the key of a page. Take it from “next” of the page before."))
        page = queries.page_for(request.user, chosen, after=after)
        detail = {"filter": chosen, "ids": [str(c.pk) for c in page.rows]}
        record(Kind.FILE_LISTED, Thing(type="page", id="api_case_list"), detail=detail)
        return Response({"next": page.next_key or None, "results": _told(request, page.rows)})

    @extend_schema(
        operation_id="open_case",
        summary=gettext_lazy("Make a case file, with every answer of the intake at once"),
        request=IntakeBody,
        responses={201: told.WhereItStandsSerializer},
    )
    def post(self, request: Request) -> Response:
        asking.check_known(request)
        check_may(request.user, Capability.OPEN_FILE, _("Your role does not include making case files."))
        typed = bodies.read(request, IntakeBody)
        ready, forms = intake.checked(typed, request.user)
        if ready is None:
            raise bodies.Invalid(bodies.errors_of(forms.values()))
        case = actions.open_file(intake=ready, by=request.user)
        answer = Response(told.WhereItStandsSerializer(case).data, status=201)
        answer["Location"] = reverse("api_case_detail", args=[case.number])
        return asking.tagged(answer, case.version)


class CaseDetail(APIView):
    @extend_schema(operation_id="case", summary=gettext_lazy("One case file"), responses=told.CaseSerializer)
    def get(self, request: Request, number: str) -> Response:
        case = opened_for_program(request, number).case
        return asking.tagged(Response(_told(request, [case])[0]), case.version)


class CaseVictim(APIView):
    @extend_schema(
        operation_id="victim",
        summary=gettext_lazy("The person of a case file, without identity"),
        responses=told.VictimSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        opened = opened_for_program(request, number)
        victim = getattr(opened.case, "victim", None)
        if victim is None:
            raise NotFound(label=number)
        return Response(told.close(told.VictimSerializer(victim).data, opened.sections))


class CaseNotes(APIView):
    @extend_schema(
        operation_id="notes",
        summary=gettext_lazy("The notes of a case file, newest first"),
        responses=told.NotesSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        opened = opened_for_program(request, number)
        if not opened.shows(Section.NOTES):
            raise Refused(
                _("The notes of this file are not open to you. Ask its owner to refer it to your agency."),
                code="section:NOTES",
                label=number,
            )
        return Response(told.NotesSerializer({"results": queries.notes(opened)}).data)

    @extend_schema(
        operation_id="add_note",
        summary=gettext_lazy("Add a note to a case file"),
        request=NoteBody,
        responses={201: told.NoteMadeSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        case = opened_for_program(request, number).case
        actions.check_works_on(request.user, case, Capability.ADD_NOTE)
        form = bodies.check(NoteForm(bodies.as_data(bodies.read(request, NoteBody))))
        note = actions.add_note(
            case=case, text=form.cleaned_data["text"], happening=form.happening(), by=request.user
        )
        return Response(told.NoteMadeSerializer(note).data, status=201)


class CaseMoves(APIView):
    @extend_schema(
        operation_id="moves",
        summary=gettext_lazy("The next steps of a case file, open or with the sentence why not"),
        responses=told.MovesSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        opened = opened_for_program(request, number)
        found = lifecycle.available(opened.case, request.user, opened.sections)
        answer = Response(told.MovesSerializer({"results": found}).data)
        return asking.tagged(answer, opened.case.version)

    @extend_schema(
        operation_id="move",
        summary=gettext_lazy("Move a case file to its next step"),
        request=MoveBody,
        responses=told.WhereItStandsSerializer,
    )
    def post(self, request: Request, number: str) -> Response:
        opened = opened_for_program(request, number)
        case = opened.case
        if not lifecycle.available(case, request.user, opened.sections):
            raise Refused(_("A file is moved by those who own it."), code="section:MOVE", label=number)
        version = asking.version_known(request)
        typed = bodies.read(request, MoveBody)
        step = lifecycle.BY_VERB[typed["verb"][0]]
        says_why = words_go_in(request.user, case, check_moves(request.user, case, step))
        form = bodies.check(MoveForm(bodies.as_data(typed, version=version), step=step, says_why=says_why))
        try:
            moved = actions.move(
                case=case,
                verb=step.verb,
                reason=form.cleaned_data["reason"],
                closure=form.cleaned_data.get("closure", ""),
                version=version,
                happening=form.happening(),
                by=request.user,
            )
        except Stale as stale:
            stale.fields = queries.changed_since(case, version)
            raise
        return asking.tagged(Response(told.WhereItStandsSerializer(moved).data), moved.version)


class CaseWorker(APIView):
    @extend_schema(
        operation_id="worker",
        summary=gettext_lazy("Who works on a case file, and to whom you can hand it"),
        responses=told.WorkerSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        case = opened_for_program(request, number).case
        workers.check_hands_over(request.user, case)
        takers = [one.pk for one in workers.takers(case)]
        answer = Response(told.WorkerSerializer({"worker_id": case.worker_id, "takers": takers}).data)
        return asking.tagged(answer, case.version)

    @extend_schema(
        operation_id="hand_over",
        summary=gettext_lazy("Hand a case file over to another case worker"),
        request=WorkerBody,
        responses=told.WhereItStandsSerializer,
    )
    def post(self, request: Request, number: str) -> Response:
        case = opened_for_program(request, number).case
        workers.check_hands_over(request.user, case)
        version = asking.version_known(request)
        typed = bodies.read(request, WorkerBody)
        to = next((one for one in workers.takers(case) if str(one.pk) == typed["to"][0].lower()), None)
        if to is None:
            forged.note("to")
            raise NotNow(_("The file cannot be handed to this person. Choose somebody of the list."))
        note = (typed.get("note") or [""])[0]
        try:
            handed = handing.hand_over(case=case, to=to, by=request.user, version=version, note=note)
        except Stale as stale:
            stale.fields = queries.changed_since(case, version)
            raise
        return asking.tagged(Response(told.WhereItStandsSerializer(handed).data), handed.version)


def _chosen(request: Request) -> dict[str, str]:
    """The filter of the page. A value that its list does not have is refused, not shown as everything."""
    form = FileFilter(request.GET)
    if not form.is_valid():
        raise bodies.Invalid(bodies.errors_of([form]))
    return {name: form.cleaned_data[name] for name in _FILTERS if form.cleaned_data.get(name)}


def _told(request: Request, cases: list[Case]) -> list[dict[str, Any]]:
    context = {"sections": sections_of_each(request.user, cases)}
    rows: list[dict[str, Any]] = told.CaseSerializer(cases, many=True, context=context).data
    return rows
