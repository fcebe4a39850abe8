"""What programs send about files: the fields of the pages' forms."""

from django import forms

from accounts.api.bodies import Body
from accounts.fields import CleanText

from ..forms.acts import MoveForm, NoteForm
from ..forms.intake import SECTIONS
from ..lifecycle import Verb


class IntakeBody(Body):
    """Every page of the intake at once."""

    checked_by = SECTIONS


class NoteBody(Body):
    checked_by = (NoteForm,)


class WorkerBody(Body):
    """To whom the file is handed: the id of a colleague, and words for them."""

    more = {"to": forms.UUIDField(), "note": CleanText(max_length=4000, required=False)}


class MoveBody(Body):
    checked_by = (MoveForm,)
    leave_out = ("version",)
    more = {"verb": forms.ChoiceField(choices=Verb.choices)}
