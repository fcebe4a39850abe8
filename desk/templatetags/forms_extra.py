"""What templates need beside Django's own tags: the key of a form, figures as people read them."""

import uuid
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html_join

from .. import drafts, typed

register = template.Library()


_HIDDEN = '<input type="hidden" name="{}" value="{}">'


@register.simple_tag(takes_context=True)
def once(context: Any) -> str:
    """The hidden keys of a form; every form that changes something carries them.

    The idempotency key; whose form it is, signed; and the kept texts that stand on it, which sending forgets.
    """
    request = getattr(context, "request", None)
    user = getattr(request, "user", None)
    keys = [("once", str(uuid.uuid4()))]
    if request is not None and user is not None and user.is_authenticated:
        kept = getattr(request, "kept", None)
        keys.append((typed.FIELD, typed.mark(user)))
        keys += [(drafts.BEFORE, pk) for pk in (kept.ids if kept else request.POST.getlist(drafts.BEFORE))]
    return format_html_join("", _HIDDEN, keys)


@register.filter
def grouped(number: int) -> str:
    """A count as it is read aloud: 1,284 in English, 1.284 in Khmer. Not for years and numbers of records."""
    return number_format(number, force_grouping=True)
