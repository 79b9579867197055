"""The pages of `integrations/guides`, taken apart: what they tell people to set."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "integrations" / "guides"
ADDRESS: Final = "http://127.0.0.1:5050"
"""Where Headwater listens in the pages, as `headwater serve` does unless told otherwise."""

_BLOCK: Final = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_VARIABLE: Final = re.compile(r"^(?:export )?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code."""

    language: str
    text: str


@dataclass(frozen=True)
class Guide:
    """One page."""

    path: Path

    @cached_property
    def text(self) -> str:
        """The whole page."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        """Its blocks of code, in order."""
        return [Block(*found) for found in _BLOCK.findall(self.text)]

    def block(self, language: str, url: str) -> str:
        """Return its only block in a language, for the server at an address."""
        (found,) = (block.text for block in self.for_url(url) if block.language == language)
        return found

    def for_url(self, url: str) -> Iterator[Block]:
        """Yield the blocks with the address of this server."""
        for block in self.blocks:
            yield Block(block.language, block.text.replace(ADDRESS, url))

    def variables(self, url: str) -> dict[str, str]:
        """Return the variables of the environment that it sets, for the server at an address."""
        found = [it for block in self.for_url(url) if block.language == "sh" for it in _VARIABLE.findall(block.text)]
        return {name: shlex.split(value)[0] for name, value in found}

    def commands(self, beginning: str, url: str) -> list[list[str]]:
        """Return the command lines that begin so, taken apart as a shell does."""
        lines = [
            line
            for block in self.for_url(url)
            if block.language == "sh"
            for line in block.text.replace("\\\n", " ").splitlines()
        ]
        return [words for line in lines if (words := shlex.split(line, comments=True))[:1] == [beginning]]


def guide(name: str) -> Guide:
    """Return the page of that name."""
    return Guide(FOLDER / f"{name}.md")


def guides() -> list[Guide]:
    """Return all pages."""
    return [Guide(path) for path in sorted(FOLDER.glob("*.md"))]
