"""A person's own address for reminders: sealed under their own key, opened only while acting as them."""

from django.utils import timezone

from accounts.models import User
from accounts.vault import Subject, ensure_key, seal, unseal

from .models import Mailbox

PLACE = "desk_mailbox.address"


def address_of(person: User) -> str:
    """The address, or nothing. Raises CannotOpen for anybody but its owner (the key is out of reach)."""
    row = Mailbox.objects.filter(person=person).first()
    found = unseal(row.address_sealed, subject=_key(person), place=PLACE, row=row.pk) if row else None
    return found or ""


def put(person: User, address: str) -> None:
    """Keep this address, or none."""
    subject = _key(person)
    ensure_key(subject)
    row = Mailbox.objects.filter(person=person).first() or Mailbox(person=person)
    row.address_sealed = seal(address or None, subject=subject, place=PLACE, row=row.pk)
    row.updated_at = timezone.now()
    row.save(force_insert=row._state.adding)


def _key(person: User) -> Subject:
    return Subject("STAFF", person.pk)
