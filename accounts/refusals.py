"""Refusals: exceptions whose text is fit for the person who meets them.

`Refused` is a 403 inside somebody's reach; `NotFound` is the same 404 for what does not exist and what is
hidden; `Stale` is a 409 after somebody else's change.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from audit.record import Asked


class Refused(PermissionDenied):
    """You may see this but not do that. `code` is the rule's name on the trail."""

    public = True

    def __init__(self, sentence: object, *, code: str, label: str = "") -> None:
        super().__init__(str(sentence))
        self.sentence, self.code, self.label = sentence, code, label


class NotFound(Http404):
    """Hidden or missing: nothing tells which. `asked` lets the trail alone know whose record it was."""

    code = "out_of_sight"

    def __init__(self, *, label: str = "", asked: Asked | None = None) -> None:
        super().__init__("not found")
        self.label, self.asked = label, asked


class BadParameter(Exception):
    """What a program asked for cannot be read, with the sentence why."""

    code = "parameter"
    http_status = 400

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class NotNow(Exception):
    """An act that is not open in this state, with the sentence why. Shown by the form, never a 500."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class Stale(Exception):
    """Somebody changed the record since the form was shown. `now` is the version that stands."""

    code = "stale"
    http_status = 409

    def __init__(self, *, sent: int, now: int) -> None:
        super().__init__(f"version {sent} was sent, {now} stands")
        self.sent, self.now = sent, now
        #: Names of the fields that differ, where somebody has looked.
        self.fields: list[str] = []


def check_version(record: object, version: int | None) -> None:
    """Refuse a save from an older form. None means the caller just read the record itself."""
    stands = record.version  # type: ignore[attr-defined]
    if version is not None and version != stands:
        raise Stale(sent=version, now=stands)
