"""Suggested rules: what is evidence and what is none."""

import shlex

import pytest
from headwater_collector.aliases.preview import preview
from headwater_collector.aliases.rule import alias_rule
from headwater_collector.aliases.suggestions import Link, Name, Suggestion, command_of, suggest
from headwater_collector.cli.alias import apply


def suggested(datasets: list[Name], links: list[Link] = [], standing: list[str] = []) -> list[Suggestion]:  # noqa: B006
    return suggest([*datasets, *(other for _, other in links)], links, standing)


def tables(namespace: str, *names: str) -> list[Name]:
    return [(namespace, name) for name in names]


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        ("s3a://lake", "s3://lake", "the scheme (s3a, s3: the same kind of storage)"),
        ("postgresql://db:5432", "postgres://db:5432", "the scheme"),
        ("postgres://DB", "postgres://db", "upper and lower case"),
        ("s3://lake/", "s3://lake", "a slash at the end"),
        ("postgres://db:5432", "postgres://db", "the port, 5432 (the default) or none"),
        ("hive://host:9083", "hive://host", "the port, 9083 or none"),
        ("Warehouse", "warehouse", "upper and lower case"),
    ],
)
def test_one_place_written_in_two_ways(one: str, other: str, because: str) -> None:
    (found,) = suggested([*tables(one, "a", "b"), *tables(other, "a", "b", "c")])
    assert because in found.evidence[0]
    assert "2 name(s) stand under both: a, b" in found.evidence[1]
    assert (found.joins, found.rule.other_name(one, "x"), found.rule.other_name(other, "x")) == (2, (other, "x"), None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("s3://lake", "s3://pond"),
        ("s3://lake", "gs://lake"),
        ("postgres://db:5432", "postgres://db:5433"),
        ("file", "files"),
    ],
)
def test_two_places_are_two(one: str, other: str) -> None:
    assert suggested([*tables(one, "a", "b"), *tables(other, "a", "b")]) == []


def test_two_servers_of_one_host_stay_two() -> None:
    both = [*tables("postgres://db:5432", "a"), *tables("postgres://db:5433", "a"), *tables("postgres://db", "a")]
    assert suggested(both) == []


def test_no_name_in_common_is_no_reason() -> None:
    assert suggested([*tables("s3a://lake", "a"), *tables("s3://lake", "b")]) == []


def test_an_equal_last_part_of_the_path_is_no_reason() -> None:
    assert suggested([("s3://lake", "raw/orders"), ("s3://lake", "clean/orders"), ("hive", "sales.orders")]) == []


def test_what_is_one_already_or_stands_is_not_suggested() -> None:
    datasets = [*tables("s3a://lake", "a"), *tables("s3://lake", "a")]
    (found,) = suggested(datasets)
    assert suggested(datasets, standing=[found.rule.id]) == []
    assert suggested(datasets, [(datasets[0], datasets[1])]) == []


def linked(*tables: str, to: str = "hive") -> list[Link]:
    return [(("s3://lake", f"warehouse/sales.db/{name}"), (to, f"sales.{name}")) for name in tables]


def test_symlinks_that_follow_one_pattern_are_generalised() -> None:
    more = [("s3://lake", "warehouse/sales.db/returns"), ("hive", "sales.returns"), ("s3://lake", "other/returns")]
    (found,) = suggested([*more, *(one for one, _ in linked("orders", "items"))], linked("orders", "items"))
    assert found.joins == 1
    assert found.rule.other_name("s3://lake", "warehouse/web.db/hits") == ("hive", "web.hits")
    assert found.rule.other_name("s3://lake", "other/returns") is None
    assert "2 symlinks from s3://lake to hive follow it" in found.evidence[0]
    assert "warehouse/sales.db/returns" in found.evidence[1]


def test_one_symlink_is_no_pattern() -> None:
    more = [("s3://lake", "warehouse/sales.db/returns"), ("hive", "sales.returns")]
    assert suggested(more, linked("orders")) == []


def test_a_pattern_that_a_symlink_contradicts_is_none() -> None:
    more = [("s3://lake", "warehouse/sales.db/returns"), ("hive", "sales.returns")]
    other: Link = (("s3://lake", "warehouse/sales.db/hits"), ("hive", "web.hits"))
    assert suggested(more, [*linked("orders", "items"), other]) == []


def test_the_command_is_the_rule() -> None:
    rule = alias_rule(r"s3a://it's \.x", "(?P<a>.*)/{2}", "s3://{{x", "$HOME {a}")
    _, _, _, *arguments = shlex.split(command_of(rule))
    parsed = apply.make_context("apply", arguments).params
    said = (parsed["namespace"], parsed["name"], parsed["to_namespace"], parsed["to_name"])
    assert alias_rule(*said) == rule


def test_a_preview_counts_what_would_be_joined() -> None:
    found = preview(alias_rule("a", ".*", "b", ""), [("a", "x"), ("a", "y"), ("b", "x"), ("c", "x")])
    assert (found.matched, found.joined) == (2, 1)
    assert found.pairs == [(("a", "x"), ("b", "x"), True), (("a", "y"), ("b", "y"), False)]
