"""Every address, and what each person of tests/people.py gets there. Reviewed by hand; the test compares.

A row: the view's name, what stands in its address (records of tests/world.py, named in addresses.py), and for GET and
POST the exact status of everybody. `REST` is whoever is not named in the same cell; a number alone is everybody's.
Who is not signed in gets `out`, whatever the row says, unless it is None. POST carries an empty form: 200 is a form
with its errors, 302 and 303 something that was done or passed on. A method that is not there is 405.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.people import PEOPLE

from .urls_own import OWN
from .urls_people import ON_PEOPLE
from .urls_sight import SIGHT

WHO = (*PEOPLE, "stranger")
OUTSIDE = ("disabled", "stranger")
#: Groups, to keep the table readable.
GROUPS = {
    "BMC": "officer_bmc officer_bmc_2 head_bmc",
    "DEPARTMENTS": "officer_bmc officer_bmc_2 head_bmc officer_btb",
    "HOPE": "ngo_hope ngo_hope_2",
    "NGOS": "ngo_hope ngo_hope_2 ngo_river",
    "DESK": "desk_1 desk_2 desk_reviewer",
    "NATION": "reviewer identifier desk_reviewer committee",
    "KEEPERS": "auditor administrator",
    "HANDS_OUT_NOTHING": "auditor analyst former nobody",
    "NO_READER": "auditor administrator analyst former nobody",
}
REST = "REST"
#: A register is its owner's alone, whoever else may import.
OF_REGISTER = {200: "officer_bmc", 404: "officer_bmc_2 head_bmc officer_btb NGOS", 403: "REST"}
LEADS_ON = {302: "officer_bmc", 404: "officer_bmc_2 head_bmc officer_btb NGOS", 403: "REST"}


@dataclass(frozen=True)
class Row:
    view: str
    args: dict[str, str] = field(default_factory=dict)
    get: Any = 405
    post: Any = 405
    both: Any = None
    out: int | None = 302

    @property
    def name(self):
        return " ".join([self.view, *self.args.values()])

    def cell(self, method):
        return self.both if self.both is not None else self.get if method == "GET" else self.post

    def expected(self, method):
        """{person: status} of everybody."""
        cell = self.cell(method)
        found = {REST: cell} if isinstance(cell, int) else self._named(cell)
        if self.out is not None:
            found |= dict.fromkeys(OUTSIDE, self.out)
        return {one: found.get(one, found.get(REST)) for one in WHO}

    def _named(self, cell):
        found = {}
        for status, names in cell.items():
            for name in names.split():
                for one in GROUPS.get(name, name).split():
                    assert one not in found, f"{self.name}: {one} stands there twice."
                    found[one] = status
        return found


def api(view, name, **records):
    """Rows of one address for programs that is only read: a record each, and who gets it."""
    return [Row(view, {name: record}, get=cell, out=401) for record, cell in records.items()]


ROWS = (
    Row("reports:my_work", get=200),
    Row("cases:list", get={200: "REST", 403: "NO_READER"}),
    Row("cases:find", both={200: "REST", 403: "NO_READER"}),
    # Opened as an address they lead on: to the search, to the file (which asks who may see it).
    Row("cases:start", get=302, post={302: "DEPARTMENTS NGOS police_bmc", 403: "REST"}),
    Row("cases:draft", {"draft_id": "draft"}, get={200: "officer_bmc", 404: "REST"}),
    Row("cases:draft_field", {"draft_id": "draft"}, post={400: "officer_bmc", 404: "REST"}),
    Row("cases:draft_check", {"draft_id": "draft"}, both={200: "officer_bmc", 404: "REST"}),
    Row("cases:draft_hand", {"draft_id": "draft"}, both={200: "officer_bmc", 404: "REST"}),
    Row(
        "cases:draft_drop",
        {"draft_id": "draft"},
        get={200: "officer_bmc", 404: "REST"},
        post={302: "officer_bmc", 404: "REST"},
    ),
    Row(
        "cases:draft_section",
        {"draft_id": "draft", "section": "person"},
        both={200: "officer_bmc", 404: "REST"},
    ),
    Row("cases:registers", both={200: "DEPARTMENTS NGOS", 403: "REST"}),
    Row("cases:register_sample", get={200: "DEPARTMENTS NGOS", 403: "REST"}),
    Row("cases:register", {"register_id": "register"}, get=OF_REGISTER),
    Row("cases:register_columns", {"register_id": "register"}, both=OF_REGISTER),
    Row("cases:register_words", {"register_id": "register"}, both=LEADS_ON),
    Row("cases:register_headings", {"register_id": "register"}, post=LEADS_ON),
    Row("cases:register_problems", {"register_id": "register"}, get=OF_REGISTER),
    Row("cases:register_problems_file", {"register_id": "register"}, get=OF_REGISTER),
    Row("cases:register_alike", {"register_id": "register"}, get=OF_REGISTER),
    Row("cases:register_import", {"register_id": "register"}, post=LEADS_ON),
    Row("cases:register_take_back", {"register_id": "register"}, both=LEADS_ON),
    Row("cases:register_try_again", {"register_id": "register"}, post=LEADS_ON),
    Row("cases:register_drop", {"register_id": "register"}, get=OF_REGISTER, post=LEADS_ON),
    Row(
        "cases:detail",
        {"number": "own"},
        get={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
    ),
    Row("cases:detail", {"number": "hidden"}, get={200: "DESK officer_bmc ngo_hope", 404: "REST"}),
    Row("cases:detail", {"number": "other"}, get={200: "NATION officer_btb", 404: "REST"}),
    Row("cases:detail", {"number": "ngo"}, get={200: "BMC HOPE NATION", 404: "REST"}),
    Row("cases:detail", {"number": "police"}, get={200: "BMC NATION police_bmc", 404: "REST"}),
    Row("cases:detail", {"number": "missing"}, get=404),
    Row(
        "cases:receipt",
        {"number": "own"},
        get={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
    ),
    Row("cases:receipt", {"number": "hidden"}, get={200: "DESK officer_bmc ngo_hope", 404: "REST"}),
    Row(
        "cases:identity",
        {"number": "own"},
        get=302,
        post={200: "DEPARTMENTS", 403: "HOPE NATION", 404: "REST"},
    ),
    Row(
        "cases:identity",
        {"number": "hidden"},
        get=302,
        post={200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
    ),
    Row("cases:identity", {"number": "ngo"}, get=302, post={200: "HOPE", 403: "BMC NATION", 404: "REST"}),
    Row("cases:exclusions", get={200: "head_bmc reviewer DESK", 403: "REST"}),
    Row(
        "cases:exclusion",
        {"exclusion_id": "exclusion"},
        both={200: "head_bmc reviewer desk_reviewer", 404: "desk_1 desk_2", 403: "REST"},
    ),
    Row(
        "cases:exclusion",
        {"exclusion_id": "at_desk"},
        both={200: "DESK", 404: "head_bmc reviewer", 403: "REST"},
    ),
    Row("cases:exclusion", {"exclusion_id": "nobody"}, both={404: "head_bmc reviewer DESK", 403: "REST"}),
    Row(
        "cases:keep_away",
        {"number": "own"},
        both={200: "BMC identifier desk_reviewer", 403: "HOPE officer_btb reviewer committee", 404: "REST"},
    ),
    Row(
        "cases:keep_away", {"number": "hidden"}, both={200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"}
    ),
    Row(
        "cases:conflict",
        {"number": "own"},
        both={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
    ),
    Row("cases:conflict", {"number": "hidden"}, both={200: "DESK officer_bmc ngo_hope", 404: "REST"}),
    Row(
        "cases:note",
        {"number": "own"},
        both={200: "BMC identifier desk_reviewer", 403: "HOPE officer_btb reviewer committee", 404: "REST"},
    ),
    Row("cases:note", {"number": "hidden"}, both={200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"}),
    Row(
        "cases:note",
        {"number": "other"},
        both={200: "officer_btb identifier desk_reviewer", 403: "reviewer committee", 404: "REST"},
    ),
    Row(
        "cases:move",
        {"number": "own", "verb": "ASSESS"},
        both={200: "BMC", 403: "HOPE NATION officer_btb", 404: "REST"},
    ),
    Row(
        "cases:move",
        {"number": "own", "verb": "CLOSE"},
        both={200: "head_bmc", 403: "HOPE NATION officer_bmc officer_bmc_2 officer_btb", 404: "REST"},
    ),
    Row(
        "cases:move",
        {"number": "hidden", "verb": "PRESUME"},
        both={200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
    ),
    Row("cases:move", {"number": "own", "verb": "NO_SUCH_VERB"}, both=404),
    *(Row(**row) for row in SIGHT),
    Row("referrals:list", get={200: "REST", 403: "NO_READER"}),
    Row("referrals:review", get={200: "reviewer desk_reviewer", 403: "REST"}),
    Row(
        "referrals:new",
        {"number": "own"},
        both={200: "BMC desk_reviewer", 403: "HOPE officer_btb reviewer identifier committee", 404: "REST"},
    ),
    Row("referrals:new", {"number": "hidden"}, both={200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"}),
    Row(
        "referrals:new",
        {"number": "other"},
        both={200: "officer_btb desk_reviewer", 403: "reviewer identifier committee", 404: "REST"},
    ),
    Row("referrals:detail", {"pk": "asked"}, get={200: "BMC NATION", 404: "REST"}),
    Row("referrals:detail", {"pk": "sent"}, get={200: "BMC NATION ngo_river", 404: "REST"}),
    Row("referrals:detail", {"pk": "accepted"}, get={200: "BMC HOPE NATION", 404: "REST"}),
    Row("referrals:detail", {"pk": "returned"}, get={200: "BMC NATION police_bmc", 404: "REST"}),
    Row("referrals:detail", {"pk": "secret"}, get={200: "HOPE DESK officer_bmc", 404: "REST"}),
    Row(
        "referrals:edit",
        {"pk": "returned"},
        both={200: "police_bmc", 403: "BMC NATION", 404: "REST"},
    ),
    Row(
        "referrals:approve",
        {"pk": "asked"},
        both={200: "reviewer desk_reviewer", 403: "BMC identifier committee", 404: "REST"},
    ),
    Row(
        "referrals:return",
        {"pk": "asked"},
        both={200: "reviewer desk_reviewer", 403: "BMC identifier committee", 404: "REST"},
    ),
    Row("referrals:accept", {"pk": "sent"}, both={200: "ngo_river", 403: "BMC NATION", 404: "REST"}),
    Row("referrals:decline", {"pk": "sent"}, both={200: "ngo_river", 403: "BMC NATION", 404: "REST"}),
    Row("referrals:start", {"pk": "accepted"}, both={200: "HOPE", 403: "BMC NATION", 404: "REST"}),
    Row("referrals:complete", {"pk": "accepted"}, both={302: "HOPE", 403: "BMC NATION", 404: "REST"}),
    Row(
        "referrals:withdraw",
        {"pk": "asked"},
        both={200: "BMC", 403: "NATION", 404: "REST"},
    ),
    Row("reports:tables", get={200: "DEPARTMENTS reviewer desk_reviewer", 403: "REST"}),
    Row("reports:table", {"pk": "table"}, both={200: "BMC", 404: "REST"}),
    Row("reports:table", {"pk": "elsewhere"}, both={200: "officer_btb", 404: "REST"}),
    Row(
        "reports:table",
        {"pk": "signed"},
        get={200: "BMC reviewer desk_reviewer", 404: "REST"},
        post={200: "BMC", 403: "reviewer desk_reviewer", 404: "REST"},
    ),
    Row(
        "reports:sign",
        {"pk": "prepared"},
        both={200: "head_bmc", 403: "officer_bmc officer_bmc_2", 404: "REST"},
    ),
    Row("reports:send_back", {"pk": "prepared"}, both={200: "BMC", 404: "REST"}),
    Row("reports:correct", {"pk": "signed"}, both={200: "BMC", 403: "reviewer desk_reviewer", 404: "REST"}),
    Row(
        "reports:files",
        {"pk": "signed", "key": "OPEN_END"},
        get={200: "BMC reviewer desk_reviewer", 404: "REST"},
    ),
    Row("reports:files", {"pk": "signed", "key": "NO_FIGURE"}, get=404),
    Row(
        "reports:take", {"pk": "signed", "shape": "csv"}, get={200: "BMC reviewer desk_reviewer", 404: "REST"}
    ),
    Row("reports:take", {"pk": "table", "shape": "xlsx"}, get={200: "BMC", 404: "REST"}),
    Row("reports:take", {"pk": "signed", "shape": "exe"}, get=404),
    Row("reports:levels", get={200: "administrator", 403: "REST"}),
    Row("reports:level", {"code": "level"}, both={200: "administrator", 403: "REST"}),
    Row("reports:level", {"code": "NO_LEVEL"}, both={404: "administrator", 403: "REST"}),
    Row("reports:counts", get={200: "head_bmc reviewer desk_reviewer committee analyst", 403: "REST"}),
    Row("place:home", get={200: "administrator", 403: "REST"}),
    Row("place:confirm", both={200: "head_bmc administrator", 403: "REST"}),
    Row("place:usage", get={200: "administrator", 403: "REST"}),
    Row("place:unconfirmed", get={200: "administrator", 403: "REST"}),
    *(Row(**row) for row in ON_PEOPLE),
    Row("place:agencies", get={200: "administrator", 403: "REST"}),
    Row("place:agency_new", both={200: "administrator", 403: "REST"}),
    Row("place:agency", {"agency_id": "agency"}, get={200: "administrator", 403: "REST"}),
    Row("place:agency", {"agency_id": "nobody"}, get={404: "administrator", 403: "REST"}),
    Row("place:agency_change", {"agency_id": "agency"}, both={200: "administrator", 403: "REST"}),
    Row("place:right_new", {"agency_id": "agency"}, both={200: "administrator", 403: "REST"}),
    Row(
        "place:right_end",
        {"agency_id": "agency", "right_id": "right"},
        get={200: "administrator", 403: "REST"},
        post={302: "administrator", 403: "REST"},
    ),
    Row(
        "place:right_end",
        {"agency_id": "agency", "right_id": "nobody"},
        both={404: "administrator", 403: "REST"},
    ),
    Row("place:rules", get={200: "administrator", 403: "REST"}),
    # A form that does not say on what it stands is one of before.
    Row(
        "place:rule",
        {"rule_id": "rule"},
        get={200: "administrator", 403: "REST"},
        post={409: "administrator", 403: "REST"},
    ),
    Row("place:code_lists", get={200: "administrator", 403: "REST"}),
    Row("place:code_list", {"code_list": "FORM"}, get={200: "administrator", 403: "REST"}),
    Row("place:code_list", {"code_list": "NO_SUCH_LIST"}, get={404: "administrator", 403: "REST"}),
    Row("place:code_new", {"code_list": "FORM"}, both={200: "administrator", 403: "REST"}),
    Row("place:code", {"code_id": "code"}, both={200: "administrator", 403: "REST"}),
    Row("place:code", {"code_id": "nobody"}, both={404: "administrator", 403: "REST"}),
    Row("audit:trail", get={200: "KEEPERS", 403: "REST"}),
    Row("audit:event", {"event_id": "event"}, get={200: "KEEPERS", 403: "REST"}),
    Row("desk:exports", both={200: "KEEPERS head_bmc reviewer desk_reviewer shelter", 403: "REST"}),
    Row("desk:export_file", {"export_id": "export"}, get=404),
    Row("due:list", get={200: "REST", 403: "NO_READER"}),
    Row("due:read", post={303: "REST", 403: "NO_READER"}),
    Row("due:mail", get={200: "REST", 403: "NO_READER"}, post={303: "REST", 403: "NO_READER"}),
    Row("due:policies", get={200: "administrator", 403: "REST"}),
    Row("due:policy", {"policy_id": "policy"}, both={200: "administrator", 403: "REST"}),
    Row("due:holidays", both={200: "administrator", 403: "REST"}),
    Row("due:holiday", {"holiday_id": "holiday"}, both={200: "administrator", 403: "REST"}),
    Row("due:deliveries", get={200: "administrator", 403: "REST"}),
    Row("tokens:list", get={200: "administrator", 403: "REST"}),
    Row("tokens:new", both={200: "administrator", 403: "REST"}),
    Row("tokens:token", {"pk": "token"}, get={200: "administrator", 403: "REST"}),
    Row(
        "tokens:revoke",
        {"pk": "token"},
        get={200: "administrator", 403: "REST"},
        post={302: "administrator", 403: "REST"},
    ),
    Row("tokens:mine", {"pk": "offered"}, get={200: "officer_bmc", 404: "REST"}),
    Row(
        "tokens:accept",
        {"pk": "offered"},
        get={200: "officer_bmc", 404: "REST"},
        post={302: "officer_bmc", 404: "REST"},
    ),
    Row(
        "tokens:end",
        {"pk": "offered"},
        get={200: "officer_bmc", 404: "REST"},
        post={302: "officer_bmc", 404: "REST"},
    ),
    Row("api_operations", get=200),
    Row("api_description", get=200, out=401),
    # For programs an empty POST has no key (400) and names no version (428): 403 and 404 come first.
    Row(
        "api_case_list",
        get={200: "REST", 403: "NO_READER"},
        post={400: "DEPARTMENTS NGOS police_bmc", 403: "REST"},
        out=401,
    ),
    *api(
        "api_case_detail",
        "number",
        own={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
        hidden={200: "DESK officer_bmc ngo_hope", 404: "REST"},
        other={200: "NATION officer_btb", 404: "REST"},
        missing=404,
    ),
    *api(
        "api_case_victim",
        "number",
        own={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
        hidden={200: "DESK officer_bmc ngo_hope", 404: "REST"},
    ),
    Row(
        "api_case_notes",
        {"number": "own"},
        get={
            200: "BMC HOPE officer_btb reviewer identifier desk_reviewer",
            403: "committee",
            404: "REST",
        },
        post={400: "BMC identifier desk_reviewer", 403: "HOPE officer_btb reviewer committee", 404: "REST"},
        out=401,
    ),
    Row(
        "api_case_notes",
        {"number": "hidden"},
        get={200: "DESK officer_bmc ngo_hope", 404: "REST"},
        post={400: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
        out=401,
    ),
    Row(
        "api_case_moves",
        {"number": "own"},
        get={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
        post={
            428: "BMC identifier",
            403: "HOPE reviewer desk_reviewer committee officer_btb",
            404: "REST",
        },
        out=401,
    ),
    Row(
        "api_case_moves",
        {"number": "hidden"},
        get={200: "DESK officer_bmc ngo_hope", 404: "REST"},
        post={428: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
        out=401,
    ),
    Row(
        "api_case_referrals",
        {"number": "own"},
        post={400: "BMC desk_reviewer", 403: "HOPE officer_btb reviewer identifier committee", 404: "REST"},
        out=401,
    ),
    Row(
        "api_case_referrals",
        {"number": "hidden"},
        post={400: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
        out=401,
    ),
    Row("api_referral_list", get={200: "REST", 403: "NO_READER"}, out=401),
    *api(
        "api_referral",
        "pk",
        asked={200: "BMC NATION", 404: "REST"},
        sent={200: "BMC NATION ngo_river", 404: "REST"},
        accepted={200: "BMC HOPE NATION", 404: "REST"},
        secret={200: "HOPE DESK officer_bmc", 404: "REST"},
    ),
    Row(
        "api_referral_moves",
        {"pk": "asked"},
        get={200: "BMC NATION", 404: "REST"},
        post={428: "BMC reviewer desk_reviewer", 403: "identifier committee", 404: "REST"},
        out=401,
    ),
    Row(
        "api_referral_moves",
        {"pk": "sent"},
        get={200: "BMC NATION ngo_river", 404: "REST"},
        post={428: "BMC reviewer desk_reviewer ngo_river", 403: "identifier committee", 404: "REST"},
        out=401,
    ),
    Row(
        "api_referral_moves",
        {"pk": "secret"},
        get={200: "HOPE DESK officer_bmc", 404: "REST"},
        post={428: "HOPE DESK officer_bmc", 404: "REST"},
        out=401,
    ),
    Row(
        "api_referral_again",
        {"pk": "returned"},
        post={428: "police_bmc", 403: "BMC NATION", 404: "REST"},
        out=401,
    ),
    Row("api_agencies", get={200: "REST", 403: "NO_READER"}, out=401),
    Row("api_code_lists", get=200, out=401),
    Row("api_codes", {"name": "FORM"}, get=200, out=401),
    Row("api_codes", {"name": "NO_SUCH_LIST"}, get=404, out=401),
    Row("api_report_list", get={200: "DEPARTMENTS reviewer desk_reviewer", 403: "REST"}, out=401),
    Row("api_report_definitions", get=200, out=401),
    *api(
        "api_report",
        "pk",
        table={200: "BMC", 404: "REST"},
        prepared={200: "BMC", 404: "REST"},
        signed={200: "BMC reviewer desk_reviewer", 404: "REST"},
        elsewhere={200: "officer_btb", 404: "REST"},
        nobody=404,
    ),
    Row("api_trail", get={200: "KEEPERS", 403: "REST"}, out=401),
    *(Row(**row) for row in OWN),
    Row("language", post=303, out=None),
    Row("quick_exit", get=303, out=None),
    Row("quiet", get=200, out=None),
    Row("lock", out=None),
    Row("stay", get=200, post=204, out=401),
    Row("help", get=200, out=None),
    Row("policy_report", post=204, out=None),
    Row("health_live", get=200, out=None),
    Row("health_ready", get=200, out=None),
    # Off unless an operator opens it, and then for whoever shows its token (tests/production/test_metrics.py).
    Row("metrics", get=404, out=None),
)
