"""The search for names in bodies misses no event, however its JSON is written."""

import json
from typing import Any

import pytest
from headwater_collector.parse import parse_event
from headwater_collector.projection.exclusion import Remainder
from headwater_collector.projection.mentions import MOST, Mentions
from headwater_collector.projection.say import say
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.one_of(
    st.sampled_from(["a", "s3://lake/raw", 'quo"te', "back\\slash", "Zoë", "a\nb", "\x01", "<b>&"]), st.text(min_size=1)
)
RUNS = st.sampled_from(
    ["01900000-0000-7000-8000-00000000000B", "01900000-0000-7000-8000-00000000000b", "nightly", 7, 1e3, "1e3"]
)


def event(job: str, dataset: str, run: Any) -> dict[str, Any]:
    return {
        "eventTime": "2026-01-01T00:00:00Z",
        "run": {"runId": run},
        "job": {"namespace": "jobs", "name": job},
        "inputs": [{"namespace": "data", "name": dataset}],
    }


def written(body: object, style: str) -> bytes:
    text = json.dumps(body, ensure_ascii=style != "plain")
    return (text.replace("/", "\\/") if style == "slashes" else text).encode()


@given(NAMES, NAMES, RUNS, NAMES, NAMES, RUNS, st.sampled_from(["plain", "ascii", "slashes"]))
def test_no_event_is_missed(a: str, b: str, run: Any, c: str, d: str, other: Any, style: str) -> None:
    try:
        excluded = say(parse_event(written(event(a, b, run), "plain")))
        body = written(event(c, d, other), style)
        said = say(parse_event(body))
    except UnicodeEncodeError:
        return
    if Remainder([excluded]).concerns(said):
        assert Mentions([excluded]).maybe(body)


def test_others_are_passed_over() -> None:
    mentions = Mentions([say(parse_event(written(event("load", "orders", "nightly"), "plain")))])
    assert mentions.maybe(written(event("x", "orders", "y"), "plain"))
    assert not mentions.maybe(written(event("x", "rates", "y"), "plain"))


def test_a_run_is_found_in_either_case() -> None:
    lower, upper = ("01900000-0000-7000-8000-00000000000" + letter for letter in "bB")
    mentions = Mentions([say(parse_event(written(event("load", "orders", lower), "plain")))])
    assert mentions.maybe(written(event("x", "rates", upper), "plain"))


@pytest.mark.parametrize("style", ["plain", "ascii", "slashes"])
@pytest.mark.parametrize("name", ["s3://lake/raw", "Zoë", 'quo"te'])
def test_a_name_is_found_however_it_is_escaped(name: str, style: str) -> None:
    mentions = Mentions([say(parse_event(written(event("load", name, "nightly"), "plain")))])
    assert mentions.maybe(written(event("x", name, "daily"), style))


@pytest.mark.parametrize("run", [7, 1.5, "1e3"])
def test_a_run_that_may_be_a_number_is_looked_for_in_every_event(run: Any) -> None:
    assert Mentions([say(parse_event(written(event("load", "orders", run), "plain")))]).maybe(b"{}")


def test_very_many_names_are_not_searched_for() -> None:
    sayings = [say(parse_event(written(event("load", f"orders{n}", "nightly"), "plain"))) for n in range(MOST)]
    assert Mentions(sayings).maybe(b"{}")
