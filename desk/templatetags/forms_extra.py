"""What templates need beside Django's own tags: the key of a form, figures as people read them."""

import uuid

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def once() -> str:
    """The hidden idempotency key of a form; every form that changes something carries it."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4())


@register.filter
def grouped(number: int) -> str:
    """A count as it is read aloud: 1,284 in English, 1.284 in Khmer. Not for years and numbers of records."""
    return number_format(number, force_grouping=True)
