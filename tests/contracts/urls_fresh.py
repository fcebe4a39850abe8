"""Addresses whose act weighs so much that the password is asked again after five minutes.

ALWAYS: when the page is opened and when it is sent. SENT: only when something is sent. Programs with tokens are not
asked: nobody sits there, and what they may do was given to them on one of these pages.
"""

FRESH = {
    # What leaves the house, or opens a file.
    "desk:exports": "SENT",
    "cases:break_glass": "ALWAYS",
    "cases:share": "ALWAYS",
    "cases:name_only": "ALWAYS",
    "cases:lift": "ALWAYS",
    "cases:exclusion": "ALWAYS",
    # Rights, accounts and papers of others.
    "place:person_new": "ALWAYS",
    "place:person_names": "ALWAYS",
    "place:person_slip": "ALWAYS",
    "place:person_sheet": "ALWAYS",
    "place:person_factors": "ALWAYS",
    "place:person_sessions": "ALWAYS",
    "place:conduct": "ALWAYS",
    "place:person_disable": "ALWAYS",
    "place:person_enable": "ALWAYS",
    "place:person_hand_over": "ALWAYS",
    "place:confirm": "ALWAYS",
    "place:role_new": "ALWAYS",
    "place:stand_in": "ALWAYS",
    "account_stand_in": "ALWAYS",
    "place:role_end": "ALWAYS",
    "place:agency_new": "ALWAYS",
    "place:agency_change": "ALWAYS",
    "place:right_new": "ALWAYS",
    "place:right_end": "ALWAYS",
    "place:own_right_new": "ALWAYS",
    "place:own_right_end": "ALWAYS",
    "place:rule": "ALWAYS",
    "reports:level": "ALWAYS",
    "tokens:new": "ALWAYS",
    "tokens:revoke": "ALWAYS",
    "tokens:accept": "ALWAYS",
    "tokens:end": "ALWAYS",
    # One's own second factors.
    "account_app": "ALWAYS",
    "account_key": "ALWAYS",
    "account_factor_remove": "ALWAYS",
}
