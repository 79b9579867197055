"""Which datasets are parts of one, by their names."""

from pathlib import Path

import pytest
from headwater_collector.answers.folding import RULES, Folding, load_folding
from headwater_collector.errors import SetupError


def whole(name: str) -> str | None:
    found = Folding().whole(name)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("part", "of"),
    [
        ("raw/orders/dt=2026-01-01", "raw/orders"),
        ("/raw/orders/dt=2026-01-01/hour=07/part-00000-5.snappy.parquet", "/raw/orders"),
        ("raw/orders/part-00003-c000.csv", "raw/orders"),
        ("models/spend_lr/stages/0_StringIndexer_2a67e0/data", "models/spend_lr"),
        ("models/spend_lr/stages/12_LinearRegression_9/metadata/part-00000", "models/spend_lr"),
        ("shop.orders$20260101", "shop.orders"),
    ],
)
def test_a_part_is_told_by_its_name(part: str, of: str) -> None:
    assert whole(part) == of


@pytest.mark.parametrize(
    "name",
    [
        "raw/orders",
        "raw/data",
        "a/orders",
        "b/orders",
        "dt=2026-01-01",
        "/part-00000",
        "x/part-1",
        "q?a=b",
        "",
        "$2026",
    ],
)
def test_an_equal_end_of_a_name_makes_no_part(name: str) -> None:
    assert whole(name) is None


def test_metadata_is_part_of_a_model_only_beside_its_stages() -> None:
    stage = "m/stages/0_VectorAssembler_1/metadata"
    assert Folding().parts("m", ["m/metadata", "m/data"]) == {}
    assert set(Folding().parts("m", ["m/metadata", "m/data", stage])) == {"m/metadata", stage}


def test_rules_of_a_file_come_first_and_leave_out_others(tmp_path: Path) -> None:
    path = tmp_path / "folds.toml"
    path.write_text(
        'without = ["part-files"]\n[[rule]]\nname = "days"\npattern = \'(?P<whole>.+)/\\d{4}/\\d{2}/\\d{2}\'\n'
    )
    folding = load_folding(path)
    assert [rule.name for rule in folding.rules] == ["days", *(r.name for r in RULES if r.name != "part-files")]
    assert folding.whole("logs/2026/01/31") == ("logs", folding.rules[0])
    assert folding.whole("logs/part-00000") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rule = 3", "rule: "),
        ("[[rule]]\nname = 'x'", "rule.0.pattern: Field required"),
        ("[[rule]]\nname = ''\npattern = '(?P<whole>x)/y'", "rule.0.name: "),
        ("[[rule]]\nname = 'x'\npattern = '('", "rule.0.pattern: Input should be a valid regular expression"),
        ("[[rule]]\nname = 'x'\npattern = 'a'", "rule.0.pattern: .*needs a group"),
        ("[[rule]]\nname = 'x'\npatern = 'a'", "rule.0.patern: Extra inputs"),
        ("without = ['x']", "without: .*names no built-in rule: x"),
        ("=", "cannot be read"),
    ],
)
def test_a_bad_file_is_told_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "folds.toml"
    path.write_text(text)
    with pytest.raises(SetupError, match=said):
        load_folding(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load_folding(tmp_path / "none.toml")
