"""Rows of the table of urls on who sees a file and on emergencies (urls.py says how a row is read)."""

MOVERS = {200: "BMC", 403: "HOPE NATION officer_btb", 404: "REST"}

SIGHT = (
    {
        "view": "cases:break_glass",
        "both": {200: "DEPARTMENTS police_bmc reviewer desk_reviewer shelter", 403: "REST"},
    },
    {
        "view": "cases:hand_over",
        "args": {"number": "own"},
        "both": {200: "officer_bmc head_bmc", 403: "officer_bmc_2 HOPE NATION officer_btb", 404: "REST"},
    },
    {
        "view": "cases:hand_over",
        "args": {"number": "hidden"},
        "both": {200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
    },
    {
        "view": "api_case_worker",
        "args": {"number": "own"},
        "get": {200: "officer_bmc head_bmc", 403: "officer_bmc_2 HOPE NATION officer_btb", 404: "REST"},
        "post": {428: "officer_bmc head_bmc", 403: "officer_bmc_2 HOPE NATION officer_btb", 404: "REST"},
        "out": 401,
    },
    {
        "view": "cases:sight",
        "args": {"number": "own"},
        "get": {200: "BMC NATION HOPE officer_btb", 404: "REST"},
    },
    {
        "view": "cases:sight",
        "args": {"number": "hidden"},
        "get": {200: "DESK officer_bmc ngo_hope", 404: "REST"},
    },
    {"view": "cases:share", "args": {"number": "own"}, "both": MOVERS},
    {
        "view": "cases:share",
        "args": {"number": "hidden"},
        "both": {200: "DESK officer_bmc", 403: "ngo_hope", 404: "REST"},
    },
    {
        "view": "cases:share_end",
        "args": {"number": "own", "share_id": "nobody"},
        "get": MOVERS,
        "post": {302: "BMC", 403: "HOPE NATION officer_btb", 404: "REST"},
    },
    {"view": "cases:name_only", "args": {"number": "own"}, "both": MOVERS},
    {
        "view": "cases:lift",
        "args": {"number": "hidden"},
        "both": {200: "DESK", 403: "officer_bmc ngo_hope", 404: "REST"},
    },
    {"view": "cases:emergency_end", "args": {"number": "own"}, "post": 404},
    {
        "view": "cases:emergency",
        "args": {"number": "police", "glass_id": "glass"},
        "get": {200: "BMC reviewer identifier desk_reviewer police_bmc", 404: "REST"},
        "post": {200: "reviewer desk_reviewer", 403: "BMC identifier police_bmc", 404: "REST"},
    },
    {"view": "cases:emergency", "args": {"number": "own", "glass_id": "glass"}, "both": 404},
)
