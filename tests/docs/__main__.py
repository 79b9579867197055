"""``python -m tests.docs``: write the README's tables anew from the code that they describe."""

from tests.docs.readme import README
from tests.docs.sections import rewritten


def main() -> None:
    old = README.read_text(encoding="utf-8")
    new = rewritten(old)
    README.write_text(new, encoding="utf-8")
    print("README.md was up to date." if new == old else "README.md is written anew.")


if __name__ == "__main__":
    main()
