"""``python -m tests.docs``: write anew what is made from code: the README's tables, the page and mapping of facets."""

from pathlib import Path

from tests.docs.facets import MAPPING, PAGE, mapping, page
from tests.docs.readme import README
from tests.docs.sections import rewritten


def main() -> None:
    write(README, rewritten(README.read_text(encoding="utf-8")))
    write(PAGE, page())
    write(MAPPING, mapping())


def write(path: Path, new: str) -> None:
    same = path.is_file() and path.read_text(encoding="utf-8") == new
    path.write_text(new, encoding="utf-8")
    print(f"{path.name} was up to date." if same else f"{path.name} is written anew.")


if __name__ == "__main__":
    main()
