"""Codes that are printed, handed over and typed again: on sign-in slips and on code sheets."""

import secrets

from django.contrib.auth.hashers import Argon2PasswordHasher

from .fields import ascii_digits

#: Without signs that are taken for each other on paper; nearly five bits each.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUP = 4


def new_code(length: int) -> str:
    return "".join(secrets.choice(SIGNS) for _sign in range(length))


def in_groups(code: str) -> str:
    """As it is printed: 7KQM-2TXA."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def as_printed(typed: str) -> str:
    """The signs of a code, however somebody types it off the paper."""
    return "".join(sign for sign in ascii_digits(typed).upper() if sign.isascii() and sign.isalnum())


def in_columns(codes: list[str]) -> str:
    """A sheet for a terminal: numbers and codes, three in a line."""
    told = [f"{number:>3}  {code}" for number, code in enumerate(codes, start=1)]
    return "\n".join("     ".join(told[at : at + 3]) for at in range(0, len(told), 3))


class SheetHasher(Argon2PasswordHasher):
    """Argon2id at the lowest cost that OWASP's ASVS 5.0 permits (appendix C): a sheet has thirty codes to hash, and
    each is tried under a limit."""

    algorithm = "argon2sheet"
    time_cost = 1
    memory_cost = 47_104
    parallelism = 1
