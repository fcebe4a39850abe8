"""Rows of the table of urls on people, their papers, sessions and roles (urls.py says how a row is read)."""

ON_PEOPLE = (
    {"view": "place:people", "both": {200: "head_bmc administrator", 403: "REST"}},
    {"view": "place:person_new", "both": {200: "head_bmc administrator", 403: "REST"}},
    {
        "view": "place:person",
        "args": {"person_id": "officer"},
        "get": {200: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person",
        "args": {"person_id": "colleague"},
        "get": {200: "administrator", 404: "head_bmc", 403: "REST"},
    },
    {
        "view": "place:person",
        "args": {"person_id": "nobody"},
        "get": {404: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person_names",
        "args": {"person_id": "officer"},
        "both": {200: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person_names",
        "args": {"person_id": "colleague"},
        "both": {200: "administrator", 404: "head_bmc", 403: "REST"},
    },
    {
        "view": "place:person_slip",
        "args": {"person_id": "officer"},
        "both": {200: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person_slip",
        "args": {"person_id": "colleague"},
        "both": {200: "administrator", 404: "head_bmc", 403: "REST"},
    },
    {"view": "place:person_slip", "args": {"person_id": "keeper"}, "both": {404: "head_bmc", 403: "REST"}},
    # A colleague of the same office prints it, nobody for themselves.
    {
        "view": "place:person_sheet",
        "args": {"person_id": "officer"},
        "both": {
            200: "officer_bmc_2 head_bmc administrator",
            403: "officer_bmc HANDS_OUT_NOTHING",
            404: "REST",
        },
    },
    {
        "view": "place:person_sheet",
        "args": {"person_id": "colleague"},
        "get": {200: "administrator", 403: "officer_btb HANDS_OUT_NOTHING", 404: "REST"},
        "post": {200: "administrator", 403: "officer_btb HANDS_OUT_NOTHING", 404: "REST"},
    },
    {
        "view": "place:person_sheet",
        "args": {"person_id": "nobody"},
        "get": {403: "HANDS_OUT_NOTHING", 404: "REST"},
        "post": {403: "HANDS_OUT_NOTHING", 404: "REST"},
    },
    {
        "view": "place:person_factors",
        "args": {"person_id": "officer"},
        "get": {200: "head_bmc administrator", 403: "REST"},
        "post": {302: "head_bmc administrator", 403: "REST"},
    },
    {"view": "place:person_factors", "args": {"person_id": "keeper"}, "both": {404: "head_bmc", 403: "REST"}},
    {
        "view": "place:person_disable",
        "args": {"person_id": "officer"},
        "get": {200: "head_bmc administrator", 403: "REST"},
        "post": {302: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person_sessions",
        "args": {"person_id": "officer"},
        "get": {200: "head_bmc administrator", 403: "REST"},
        "post": {302: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person_sessions",
        "args": {"person_id": "keeper"},
        "both": {404: "head_bmc", 403: "REST"},
    },
    {"view": "place:conduct", "both": {200: "administrator", 403: "REST"}},
    {"view": "place:person_disable", "args": {"person_id": "keeper"}, "both": {404: "head_bmc", 403: "REST"}},
    {
        "view": "place:person_hand_over",
        "args": {"person_id": "officer"},
        "both": {200: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:person_hand_over",
        "args": {"person_id": "keeper"},
        "both": {200: "administrator", 404: "head_bmc", 403: "REST"},
    },
    {
        "view": "place:person_enable",
        "args": {"person_id": "officer"},
        "get": {200: "head_bmc administrator", 403: "REST"},
        "post": {302: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:role_new",
        "args": {"person_id": "officer"},
        "both": {200: "head_bmc administrator", 403: "REST"},
    },
    {"view": "place:role_new", "args": {"person_id": "keeper"}, "both": {404: "head_bmc", 403: "REST"}},
    {
        "view": "place:role_end",
        "args": {"person_id": "officer", "post_id": "post"},
        "both": {200: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:role_end",
        "args": {"person_id": "colleague", "post_id": "post"},
        "both": {404: "head_bmc administrator", 403: "REST"},
    },
    {
        "view": "place:stand_in",
        "args": {"person_id": "head", "post_id": "head_post"},
        "both": {200: "administrator", 403: "REST"},
    },
    {
        "view": "place:stand_in",
        "args": {"person_id": "officer", "post_id": "head_post"},
        "both": {404: "administrator", 403: "REST"},
    },
    {
        "view": "place:own_right_new",
        "args": {"person_id": "officer"},
        "both": {200: "administrator", 403: "REST"},
    },
    {
        "view": "place:own_right_end",
        "args": {"person_id": "head", "right_id": "own_right"},
        "get": {200: "administrator", 403: "REST"},
        "post": {302: "administrator", 403: "REST"},
    },
    {
        "view": "place:own_right_end",
        "args": {"person_id": "officer", "right_id": "own_right"},
        "both": {404: "administrator", 403: "REST"},
    },
)
