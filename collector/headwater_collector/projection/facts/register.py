"""A register is ``[token, value, digest]``: of two, the one with the greater token stands, whichever came first."""

from typing import Any

Register = list[Any]


def later(a: Register | None, b: Register | None) -> Register | None:
    """Return the register with the greater token; the content decides where one event says both."""
    if a is None or b is None:
        return a if b is None else b
    return b if b[0] > a[0] else a


def merge_registers(mine: dict[str, Register], theirs: dict[str, Register]) -> None:
    """Take in registers: of each name the later one stands."""
    for name, register in theirs.items():
        known = mine.get(name)
        if known is None or register[0] > known[0]:
            mine[name] = register
