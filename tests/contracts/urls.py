"""Every address, and what each person of tests/people.py gets there. Reviewed by hand; the test compares.

A row: the view's name, what stands in its address (records of tests/world.py, named in addresses.py), and for GET and
POST the exact status of everybody. `REST` is whoever is not named in the same cell; a number alone is everybody's.
Who is not signed in gets `out`, whatever the row says, unless it is None. POST carries an empty form: 200 is a form
with its errors, 302 and 303 something that was done or passed on. A method that is not there is 405.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.people import PEOPLE

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


ROWS = (
    Row("reports:my_work", get=200),
    Row("cases:list", get={200: "REST", 403: "NO_READER"}),
    Row("cases:find", both={200: "REST", 403: "NO_READER"}),
    # Opened as an address they lead on: to the search, to the file (which asks who may see it).
    Row("cases:start", get=302, post={302: "DEPARTMENTS NGOS police_bmc", 403: "REST"}),
    Row("cases:draft", {"draft_id": "draft"}, get={200: "officer_bmc", 404: "REST"}),
    Row("cases:draft_field", {"draft_id": "draft"}, post={400: "officer_bmc", 404: "REST"}),
    Row("cases:draft_check", {"draft_id": "draft"}, both={200: "officer_bmc", 404: "REST"}),
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
    Row("audit:trail", get={200: "KEEPERS", 403: "REST"}),
    Row("audit:event", {"event_id": "event"}, get={200: "KEEPERS", 403: "REST"}),
    Row("desk:exports", both={200: "KEEPERS", 403: "REST"}),
    Row("desk:export_file", {"export_id": "export"}, get=404),
    Row("api_case_list", get={200: "REST", 403: "NO_READER"}, out=401),
    Row(
        "api_case_detail",
        {"number": "own"},
        get={200: "REST", 404: "NO_READER police_bmc ngo_river shelter desk_1 desk_2"},
        out=401,
    ),
    Row(
        "api_case_detail", {"number": "hidden"}, get={200: "DESK officer_bmc ngo_hope", 404: "REST"}, out=401
    ),
    Row("api_case_detail", {"number": "other"}, get={200: "NATION officer_btb", 404: "REST"}, out=401),
    Row("api_case_detail", {"number": "missing"}, get=404, out=401),
    Row("account_login", both={200: "disabled stranger", 302: "REST"}, out=None),
    Row("account_logout", get={200: "REST", 302: "disabled stranger"}, out=None),
    Row("account_signup", get=200, out=None),
    Row("account_inactive", get=200, out=None),
    Row("account_reset_password", get=200, out=None),
    Row("language", post=303, out=None),
    Row("quick_exit", get=303, out=None),
    Row("quiet", get=200, out=None),
    Row("lock", out=None),
    Row("stay", get=200, post=204, out=401),
    Row("help", get=200, out=None),
    Row("health_live", get=200, out=None),
    Row("health_ready", get=200, out=None),
)
