"""Which parts of a file a service usually needs, so that a reviewer sees at once what goes beyond.

"Minimum fields per purpose": a proposal until the committee confirms it. A hint for people, never a rule of access.
"""

from collections.abc import Iterable

from accounts.sections import Section, of

#: Every receiving agency keeps notes on what it does, and must know the risk and what the person agreed to.
ALWAYS = Section.SUMMARY | Section.RISK | Section.CONSENT | Section.NOTES | Section.WORK
#: By the first part of the service's code (list SERVICE), beyond ALWAYS.
MORE: dict[str, Section] = {
    "LEG": Section.FACTS | Section.IDENTITY,
    "MED": Section.FACTS,
    "PSY": Section.FACTS,
    "PROT": Section.FACTS | Section.IDENTITY,
    "DOC": Section.IDENTITY,
    "TRACE": Section.IDENTITY,
    "REPAT": Section.IDENTITY,
    "CP": Section.FACTS | Section.IDENTITY,
    "SOCP": Section.IDENTITY,
}


def usual(services: Iterable[str]) -> Section:
    needed = ALWAYS
    for code in services:
        needed |= MORE.get(code.partition(".")[0], Section(0))
    return needed


def beyond(services: Iterable[str], sections: Section) -> list[Section]:
    """Sections that these services do not usually need."""
    return of(int(sections & ~usual(services)))
