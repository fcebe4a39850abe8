"""Rows of the table of urls on signing in and on one's own account (urls.py says how a row is read)."""

OWN = (
    {"view": "account_login", "both": {200: "disabled stranger", 302: "REST"}, "out": None},
    {"view": "account_logout", "get": {200: "REST", 302: "disabled stranger"}, "out": None},
    {"view": "account_signup", "get": 200, "out": None},
    {"view": "account_reset_password", "get": 200, "out": None},
    {"view": "account_slip", "both": 200, "out": None},
    {"view": "account_factor", "both": 302, "out": None},
    {"view": "account_own", "both": 200},
    {"view": "account_rights", "get": 200},
    {"view": "account_happened", "get": 200},
    {"view": "account_stand_in", "args": {"post_id": "head_post"}, "both": {200: "head_bmc", 404: "REST"}},
    {
        "view": "account_stand_in_end",
        "args": {"post_id": "stand_in"},
        "get": {200: "head_bmc officer_bmc_2 administrator", 404: "REST"},
        "post": {302: "head_bmc officer_bmc_2 administrator", 404: "REST"},
    },
    {"view": "account_app", "both": 200},
    {"view": "account_key", "both": 200},
    # The last second factor is not removed: told on the own page.
    {
        "view": "account_factor_remove",
        "args": {"factor_id": "factor"},
        "both": {302: "officer_bmc", 404: "REST"},
    },
    {"view": "account_colleagues", "get": {200: "REST", 403: "HANDS_OUT_NOTHING"}},
    {"view": "account_sessions", "post": 302},
    # Everybody ends their own.
    {
        "view": "account_session_end",
        "args": {"sitting_id": "sitting"},
        "post": {302: "officer_bmc", 404: "REST"},
    },
    {"view": "account_conduct", "get": 200, "post": 200},
    # Where no session is locked it leads to the sign-in page, and from there to the first page.
    {"view": "account_unlock", "both": 302, "out": 302},
)
