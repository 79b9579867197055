"""The README's tables are those that the code gives now."""

import sys

import pytest

from tests.docs import readme
from tests.docs.sections import SECTIONS, rewritten

COMMAND = "python -m tests.docs"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the README names the folders of Linux")
def test_the_readme_is_as_it_would_be_written() -> None:
    assert rewritten(readme.text()) == readme.text(), f"README.md is not what the code says: run `{COMMAND}`"


@pytest.mark.parametrize("name", SECTIONS)
def test_a_readme_without_markers_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        rewritten(readme.text().replace(f"<!-- {name} -->\n", ""))


@pytest.mark.parametrize("name", SECTIONS)
def test_what_stood_there_before_is_replaced_and_nothing_else(name: str) -> None:
    stale = readme.text().replace(f"<!-- {name} -->\n", f"<!-- {name} -->\nOut of date.\n")
    assert rewritten(stale) == rewritten(readme.text())
