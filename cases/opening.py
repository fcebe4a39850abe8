"""Where somebody may make files, and which of their agencies then owns one."""

from django.utils.translation import gettext as _

from accounts.models import Agency, Membership, Province, User
from accounts.refusals import Refused
from accounts.roles import CAPABILITIES, Capability, Role


def _opens_files(user: User) -> list[Agency]:
    """The agencies in which this person may make files, the longest membership first."""
    memberships = Membership.objects.live().filter(person=user).select_related("agency")
    return [
        m.agency
        for m in memberships.order_by("starts_on", "agency__code", "role", "pk")
        if Capability.OPEN_FILE in CAPABILITIES[Role(m.role)]
    ]


def may_open_in(user: User) -> frozenset[int] | None:
    """The provinces this person may make files for; None for every one: an agency without a home is of all."""
    homes = {agency.province_id for agency in _opens_files(user)}
    return None if None in homes else frozenset(home for home in homes if home)


def agency_for(user: User, province: Province) -> Agency:
    """Which of the person's agencies opens the file: the one of that province first."""
    agencies = _opens_files(user)
    here = [agency for agency in agencies if agency.province_id == province.pk]
    elsewhere_ok = [agency for agency in agencies if agency.province_id is None]
    chosen = (here or elsewhere_ok)[:1]
    if not chosen:
        raise Refused(_("You can make files for your own province only."), code="province")
    return chosen[0]
