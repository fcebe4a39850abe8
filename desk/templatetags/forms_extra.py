"""Template tags of forms."""

import uuid

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def once() -> str:
    """The hidden idempotency key of a form; every form that changes something carries it."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4())
