"""The README, taken apart: its text, blocks of code, code in sentences, and links."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"

_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_LINK: Final = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")


@cache
def text() -> str:
    """Return the whole README."""
    return README.read_text(encoding="utf-8")


def blocks(language: str, heading: str = "") -> list[str]:
    """Return the blocks of code in a language, all or those under the heading (to the next one of any level)."""
    return [body for found, body in _BLOCK.findall(under(heading) if heading else text()) if found == language]


def under(heading: str) -> str:
    """Return what stands between a heading and the next one. Raises `ValueError` if there is no such heading."""
    # A line of a block of code can begin as a heading does: blocks are left whole.
    parts = re.split(
        r"^(#+ .+)\n", _BLOCK.sub(lambda block: block[0].replace("\n#", "\n\0#"), text()), flags=re.MULTILINE
    )
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        if title.lstrip("# ") == heading:
            return body.replace("\0", "")
    raise ValueError(f"README.md has no heading {heading!r}")


def spans() -> list[str]:
    """Return every piece of code that stands in a sentence or a table."""
    return _SPAN.findall(_BLOCK.sub("", text()))


def links() -> list[str]:
    """Return the targets of all links."""
    return _LINK.findall(_BLOCK.sub("", text()))


def table_rows(heading: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables under a heading, their header lines too."""
    for line in under(heading).splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def command_lines() -> list[str]:
    """Return every ``headwater`` command of the README, of shell blocks and of sentences."""
    lines = [line for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in (*lines, *spans()) if re.match(r"headwater( |$)", line)]
