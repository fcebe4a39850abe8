"""What an export consists of: rows as SQL, and columns that know what they hold. How they become a file is desk/."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Holds(StrEnum):
    TEXT = "TEXT"
    #: A number without a sign.
    NUMBER = "NUMBER"
    DAY = "DAY"
    #: A time, told to the second on the clocks of Cambodia.
    TIME = "TIME"
    #: A time to the microsecond, with what lies between it and UTC.
    MOMENT = "MOMENT"
    #: Several codes: a list for machines, words for people.
    LIST = "LIST"


@dataclass(frozen=True)
class Column:
    """Its name in the file, what it holds, and SQL over one row `e` where that is not the column of its name."""

    name: str
    holds: Holds = Holds.TEXT
    made_by: str = ""

    @property
    def sql(self) -> str:
        return self.made_by or f"e.{self.name}"


@dataclass(frozen=True)
class Rows:
    """A query of our own names, in its order, with its parameters; and the columns that are written of it.

    The first column is never text that somebody typed: whether a cell begins like a formula is seen by what stands
    before it (desk/cells.py).
    """

    sql: str
    params: Sequence[Any]
    columns: Sequence[Column]
