"""Cells that a spreadsheet would run, found in a block of rows at once.

A spreadsheet takes what begins with = + - @ for a formula, also after spaces and in full-width signs. Asking every
cell costs more than reading the rows. So a block of rows is looked at as bytes: its signs are told apart in classes,
and two neighbours that might begin a formula send the block to be read cell by cell. Nearly none is.
"""

import re

#: Between cells while rows are on their way into a workbook.
UNIT = b"\x1f"
FORMULA = re.compile(r"[\s\u00a0\u3000]*[=+@\-\uff1d\uff0b\uff20\uff0d|%]|[\t\r\n]")
#: Signs that XML does not know; a workbook that holds one does not open.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_BEFORE, _BEGINS = b"D", b"F"
_CLASSES = bytearray(b"." * 256)
for _signs, _class in (
    (b',"\n ' + UNIT, _BEFORE),
    # The last three begin the spaces and signs beyond ASCII.
    (b"=+-@|%\t\r\x0b\x0c\xc2\xe3\xef", _BEGINS),
):
    for _sign in _signs:
        _CLASSES[_sign] = _class[0]
_TABLE = bytes(_CLASSES)


def is_harmless(block: bytes) -> bool:
    """True where no cell of these rows can begin like a formula; False where each has to be looked at.

    A cell that begins with a new line is not found here: no row with a line break inside is taken for plain.
    """
    # From the right, which is the faster search of the two.
    return block.translate(_TABLE).rfind(_BEFORE + _BEGINS) < 0


def as_text(cell: str) -> str:
    """With a single quote where a spreadsheet would take it for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def for_xml(cell: str) -> str:
    return _NOT_IN_XML.sub("", cell)
