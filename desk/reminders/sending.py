"""Messages go out: counts and a link, never a name or a number of a file.

A try is counted and committed before the mail server is asked, so that one that kills its worker ends. Mail is
delivered at least once: between the server's "yes" and our commit a worker can die, and the same message goes out
again under the same Message-ID.
"""

import datetime as dt
import logging
import smtplib
import uuid
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.vault import CannotOpen
from audit.context import acting, system

from . import mailbox, queries
from .models import Delivery

log = logging.getLogger("karpea.reminders")
Status = Delivery.Status
#: Minutes until the next try; after the last one it has failed, and stands so on the administrator's page.
BACKOFF = (1, 5, 15, 60, 180, 360, 720, 720, 720, 720)
#: Trouble with this message alone; anything else means that the server is away.
_OF_ONE_ADDRESS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, CannotOpen)


def send_waiting() -> int:
    """Everything whose time has come, one transaction each. Stops at the first sign that the server is away."""
    sent = 0
    while delivery_id := _claim():
        outcome = _send(delivery_id)
        sent += outcome == Status.SENT
        if outcome is None:
            break
    return sent


def _claim() -> uuid.UUID | None:
    now = timezone.now()
    with acting(system("reminder")):
        row = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(status=Status.WAITING, next_try_at__lte=now)
            .order_by("kind", "next_try_at", "pk")  # DANGER stands before DAY
            .first()
        )
        if row is None:
            return None
        wait = BACKOFF[min(row.tries, len(BACKOFF) - 1)]
        _set(row, tries=row.tries + 1, next_try_at=now + dt.timedelta(minutes=wait))
        return row.pk


def _send(delivery_id: uuid.UUID) -> str | None:
    """What became of it; None where the mail server did not take it."""
    with acting(system("reminder")):
        row = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("person")
            .filter(pk=delivery_id, status=Status.WAITING)
            .first()
        )
        if row is None:
            return Status.DROPPED
        try:
            message = _message(row)
            if message is None:
                _set(row, status=Status.DROPPED)
                return Status.DROPPED
            message.send()
        except (OSError, smtplib.SMTPException, CannotOpen) as trouble:
            is_last = row.tries >= len(BACKOFF)
            _set(row, error=type(trouble).__name__[:60], status=Status.FAILED if is_last else Status.WAITING)
            log.warning("a reminder could not be mailed: %s", type(trouble).__name__)
            return Status.FAILED if isinstance(trouble, _OF_ONE_ADDRESS) else None
        _set(row, status=Status.SENT, sent_at=timezone.now(), error="")
        return Status.SENT


def _message(row: Delivery) -> EmailMessage | None:
    """Written as the person: what they may still see and have not read. None when nothing is left to say."""
    person = row.person
    with acting(person.as_actor()), translation.override(person.language):
        address = mailbox.address_of(person)
        counts = queries.unread_counts(person, row)
        if not address or not counts.total:
            return None
        subject, first = _words(row.kind, counts)
        link = f"{settings.SITE_ADDRESS}{reverse('due:list')}"
        last = _("This message holds no names and no numbers on purpose. Sign in to read more.")
        return EmailMessage(
            subject,
            f"{first}\n\n{link}\n\n{last}\n",
            settings.DEFAULT_FROM_EMAIL,
            [address],
            headers={
                "Message-ID": f"<{row.pk}@karpea>",
                "Auto-Submitted": "auto-generated",
                "Date": format_datetime(row.created_at),
            },
        )


def _words(kind: str, counts: "queries.Counts") -> tuple[str, str]:
    if kind == Delivery.Kind.DANGER:
        return _("Karpea: please look now"), _("Something that cannot wait is due. Please sign in now.")
    told = []
    if counts.overdue:
        told.append(
            ngettext("%(n)s deadline is overdue.", "%(n)s deadlines are overdue.", counts.overdue)
            % {"n": counts.overdue}
        )
    if counts.soon:
        told.append(
            ngettext("%(n)s deadline is near.", "%(n)s deadlines are near.", counts.soon) % {"n": counts.soon}
        )
    return _("Karpea: reminders of today"), " ".join(told)


def _set(row: Delivery, **values: Any) -> None:
    Delivery.objects.filter(pk=row.pk).update(**values)
