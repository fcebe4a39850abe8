"""Referrals on the page of a file (settings.CASE_PANELS)."""

from typing import Any

from accounts.models import User
from cases.access import Opened

from . import queries


def of_file(user: User, opened: Opened) -> dict[str, Any] | None:
    """The file's referrals that this person sees; None where there are none."""
    found = queries.of_case(user, opened.case)
    return {"template": "referrals/_panel.html", "referrals": found} if found else None
