"""More people at work, spread over the offices and organisations of the demonstration."""

import itertools
import uuid

from django.contrib.auth.hashers import make_password

from accounts.actions import add_person, start_membership
from accounts.models import Agency
from accounts.roles import Role
from audit.context import acting
from config.demo.people import ADMINISTRATOR, Cast

#: Who works in an agency of this kind. Offices of a province are more than all others.
ROLES = {
    Agency.Kind.DEPARTMENT: (Role.PROVINCIAL_OFFICER, 4),
    Agency.Kind.POLICE: (Role.POLICE_OFFICER, 2),
    Agency.Kind.NGO: (Role.NGO_WORKER, 2),
    Agency.Kind.SHELTER: (Role.SHELTER_MANAGER, 1),
}


def hire(cast: Cast, number: int) -> None:
    """Until there are `number` of them."""
    by = cast.people[ADMINISTRATOR]
    wanted = [
        (agency, role)
        for code, agency in sorted(cast.agencies.items())
        for role, share in [ROLES.get(Agency.Kind(agency.kind), (None, 0))]
        for _one in range(share)
    ]
    hashed = make_password(uuid.uuid4().hex)  # nobody signs in with it
    with acting(cast.actors[ADMINISTRATOR]):
        for count, (agency, role) in zip(
            range(number - len(cast.people)), itertools.cycle(wanted), strict=False
        ):
            name = f"bench.{count}"
            person = add_person(
                sign_in_name=name, full_name_km=name, full_name_latin=name, password_hash=hashed, by=by
            )
            start_membership(person=person, agency=agency, role=str(role), starts_on=None, by=by)
