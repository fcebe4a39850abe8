"""Choices that no page had offered: a person, an agency, a role or a post whose key was put into a form by hand.

The form refuses them in a plain sentence, and its page answers as it does to any mistake; so it is noted here while the
form is checked, and written on the trail by accounts/middleware.py, once a request. Which field, never what was sent.
"""

from audit.context import current_actor

_NOTED = "forged"


def note(field: str) -> None:
    """Remember that a choice which was not offered was sent for this field."""
    actor = current_actor()
    if actor is not None:
        actor.memo.setdefault(_NOTED, set()).add(field)


def noted() -> str:
    """The rule's name on the trail, with every field of the request; empty where there was nothing of the kind."""
    actor = current_actor()
    fields = sorted(actor.memo.get(_NOTED, ())) if actor is not None else []
    return f"forged:{','.join(fields)}" if fields else ""
