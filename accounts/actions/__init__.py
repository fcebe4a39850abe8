"""Everything that can be done to people, agencies and their rights. Each: keyword-only, `by=`, one event of its own.

`by` looks after people or runs the place. Without one, only a named part of the system may act: the first
administrator of a new place is added by the operator's command, before there is anybody who could.
"""

from .agencies import add_agency, change_agency
from .conduct import accept_conduct, publish_conduct
from .confirming import confirm
from .factors import add_app, add_key, print_sheet, remove_factor, revoke_factors
from .lists import add_code, change_code, change_rule
from .people import add_person, change_names, disable_person, enable_person, invite
from .posts import end_membership, start_membership
from .provinces import end_own_right, end_province_right, give_own_right, give_province_right
from .second import show_code, show_key
from .sessions import end_other_sessions, end_session, end_sessions_of
from .slips import change_password, print_slip, use_slip
from .standing import end_stand_in, let_stand_in
from .tokens import accept_token, offer_token, revoke_token
from .turnover import close_account, end_post, hand_work_over

__all__ = [
    "accept_conduct",
    "accept_token",
    "add_agency",
    "add_app",
    "add_code",
    "add_key",
    "add_person",
    "change_agency",
    "change_code",
    "change_names",
    "change_password",
    "change_rule",
    "close_account",
    "confirm",
    "disable_person",
    "enable_person",
    "end_membership",
    "end_other_sessions",
    "end_own_right",
    "end_post",
    "end_province_right",
    "end_session",
    "end_sessions_of",
    "end_stand_in",
    "give_own_right",
    "give_province_right",
    "hand_work_over",
    "invite",
    "let_stand_in",
    "offer_token",
    "print_sheet",
    "print_slip",
    "publish_conduct",
    "remove_factor",
    "revoke_factors",
    "revoke_token",
    "show_code",
    "show_key",
    "start_membership",
    "use_slip",
]
