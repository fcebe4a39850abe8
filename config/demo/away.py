"""Who is kept away from invented files: at the office, at the national desk, reviewed, and by themselves."""

import datetime
from collections.abc import Callable, Iterator

from accounts.models import Agency, User
from cases.exclusions import actions
from cases.models import Exclusion

from .files import File, Step
from .intakes import words
from .people import HEAD_OF
from .stories import Text

WHY: dict[str, Text] = {
    "INVOLVED": (
        "បុគ្គលនិយាយថា មន្ត្រីម្នាក់នៅទីនោះស្គាល់អ្នកជ្រើសរើស។",
        "The person says that an officer there knows the recruiter.",
    ),
    "RELATIVE": ("យើងជាសាច់ញាតិនឹងគ្នា។", "We are related."),
    "PERSON_ASKED": (
        "បុគ្គលសុំកុំឱ្យអ្នកនោះដឹង។",
        "The person asked that they do not get to know.",
    ),
}
UPHELD: Text = ("បានពិនិត្យជាមួយសហការី។", "Looked at together with a colleague.")


def steps(
    files: list[File], agencies: dict[str, Agency], people: dict[str, User], *, until: datetime.datetime
) -> Iterator[Step]:
    """On the last day: after everything that whoever is kept away has done."""
    at = until - datetime.timedelta(minutes=50)
    for letters, who, reason, is_reviewed in (
        ("BMC", agencies["PPC-BMC"], "INVOLVED", False),
        ("BTB", people["worker.lotus"], "PERSON_ASKED", True),
        ("BMC", None, "RELATIVE", False),
    ):
        file = _latest(files, letters=letters, named_only=False)
        if file and who is None:
            yield Step(at, 6, "committee.bmc", _conflict(file, reason))
        elif file:
            made: list[Exclusion] = []
            yield Step(at, 6, file.plan.opener, _keep_away(file, who, reason, made))
            if is_reviewed:
                later = at + datetime.timedelta(minutes=20)
                yield Step(later, 7, HEAD_OF[letters], _uphold(file, made))
    hidden = _latest(files, letters="", named_only=True)
    if hidden:
        yield Step(at, 6, hidden.plan.opener, _keep_away(hidden, people["identify.moi"], "INVOLVED", []))


def _latest(files: list[File], *, letters: str, named_only: bool) -> File | None:
    """The newest file that an officer of this province opened."""
    fit = [
        one
        for one in files
        if one.plan.named_only == named_only
        and one.plan.opener.startswith("officer.")
        and (not letters or one.plan.letters == letters)
    ]
    return max(fit, key=lambda one: (one.plan.opened_at, one.plan.index), default=None)


def _keep_away(
    file: File, who: User | Agency, reason: str, made: list[Exclusion]
) -> Callable[[User], object]:
    def act(by: User) -> None:
        text = words(file.plan, WHY[reason])
        made.append(actions.keep_away(case=file.there, who=who, reason=reason, words=text, by=by))

    return act


def _conflict(file: File, reason: str) -> Callable[[User], object]:
    def act(by: User) -> None:
        text = words(file.plan, WHY[reason])
        actions.declare_conflict(case=file.there, reason=reason, words=text, by=by)

    return act


def _uphold(file: File, made: list[Exclusion]) -> Callable[[User], object]:
    def act(by: User) -> None:
        actions.uphold(exclusion=made[0], words=words(file.plan, UPHELD), by=by)

    return act
