"""Whose a register is: one person's alone. Who may import, and what the trail calls it."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import NotFound
from accounts.roles import Capability
from audit.record import Thing

from ..access import check_may
from ..models import Register
from .states import KEEP_FOR, Status


def check_imports(by: User) -> None:
    check_may(by, Capability.IMPORT_REGISTER, _("Your role does not include importing registers."))


def mine(user: User, register_id: uuid.UUID) -> Register:
    """A register of this person's. Somebody else's and a missing one are the same 404."""
    register: Register | None = Register.objects.filter(pk=register_id, owner=user).first()
    if register is None:
        raise NotFound()
    return register


def thing(register: Register) -> Thing:
    """How the trail names a register: by its id, for its file had a name that is nobody's business."""
    return Thing(type="register", id=str(register.pk))


def can_be_taken_back(register: Register) -> bool:
    return (
        register.status == Status.IMPORTED
        and register.finished_at is not None
        and register.finished_at + KEEP_FOR > timezone.now()
        and register.imported > 0
    )
