"""Alias rules: what they give, and what is wrong with those that are refused."""

import pytest
from headwater_collector.aliases.rule import MAX_TEXT, alias_rule, recorded_rule
from headwater_collector.errors import BadRequest


def test_groups_of_both_patterns_fill_both_templates() -> None:
    rule = alias_rule(
        "s3a://(?P<bucket>[^/]+)/?", r"warehouse/(?P<db>\w+)\.db/(?P<table>\w+)", "hive://{bucket}", "{db}.{table}"
    )
    assert rule.other_name("s3a://lake", "warehouse/sales.db/orders") == ("hive://lake", "sales.orders")
    assert rule.other_name("s3a://lake/", "warehouse/sales.db/orders") == ("hive://lake", "sales.orders")
    assert rule.other_name("s3a://lake", "x/warehouse/sales.db/orders") is None
    assert rule.other_name("gs://lake", "warehouse/sales.db/orders") is None
    assert recorded_rule(rule.content()) == rule


def test_what_no_template_changes_stays() -> None:
    assert alias_rule("S3://x", to_namespace="s3://x").other_name("S3://x", "a|b {c}\n") == ("s3://x", "a|b {c}\n")
    assert alias_rule(name="a", to_name="{{{name}}}").other_name("n", "a") == ("n", "{a}")
    assert alias_rule(name="(?P<x>a)?b", to_name="{x}c").other_name("n", "b") == ("n", "c")


def test_a_name_that_stays_or_becomes_empty_is_none() -> None:
    rule = alias_rule(name="(?P<x>.*?)-?old", to_name="{x}")
    assert rule.other_name("n", "old") is None
    assert alias_rule(to_name="b").other_name("n", "b") is None


def test_the_same_rule_has_the_same_id() -> None:
    assert alias_rule("a", to_namespace="b").id == alias_rule("a", ".*", "b", "{name}").id
    assert alias_rule("a", to_namespace="b").id != alias_rule("a", to_namespace="c").id


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"name": "(a", "to_name": "b"}, r"name: '\(a' is not a regular expression of RE2: missing \)"),
        ({"namespace": r"(a)\1", "to_name": "b"}, r"namespace: .*back references"),
        ({"name": "(?=a)b", "to_name": "b"}, "lookaround"),
        ({"name": "((a{100}){100}){100}", "to_name": "b"}, "is not a regular expression of RE2"),
        ({"name": "(?P<x>a)", "to_name": "{y}"}, r"to_name: there is no group \{y\}; the patterns have \{x\}, \{name"),
        ({"name": "(a)", "to_name": "{0}"}, r"there is no group \{0\}"),
        ({"name": "(?P<x>a)", "to_name": "{x!r}"}, "there is no group"),
        ({"name": "(?P<x>a)", "to_name": "{x:9}"}, "there is no group"),
        ({"name": "(?P<x>a)", "to_name": "{x"}, r"to_name: '\{x' is not a template.*a brace itself"),
        ({"name": "(?P<x>a)", "to_name": "x}"}, "is not a template"),
        ({"namespace": "(?P<x>a)", "name": "(?P<x>a)", "to_name": "b"}, "name: the group 'x' is also in namespace"),
        ({"name": "(?P<name>a)", "to_name": "b"}, "the group 'name' needs another name"),
        ({"name": "a" * (MAX_TEXT + 1), "to_name": "b"}, "name: longer than 1,000 characters"),
        ({"name": "\ud800", "to_name": "b"}, "name: half a surrogate pair"),
        ({"name": "a", "to_name": "{name}\udfff"}, "to_name: half a surrogate pair"),
        ({"name": "a"}, "maps every dataset to itself"),
        ({"to_name": "{name}", "to_namespace": "{namespace}"}, "maps every dataset to itself"),
    ],
    ids=ascii,
)
def test_what_is_wrong_with_a_rule_is_told(rule: dict[str, str], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        alias_rule(**rule)


def test_no_pattern_takes_for_ever() -> None:
    rule = alias_rule(name="(a+)+", to_name="b")  # a backtracking engine would outlive us on this name
    assert rule.other_name("n", "a" * 100_000 + "!") is None
