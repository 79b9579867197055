"""Graph = model of a log of events and decisions, as the worker follows it, and of its replay.

Some dozen examples by default; more, at random::

    HEADWATER_EXAMPLES=1000 pytest tests/projection/test_decided_log.py
"""

import os

import pytest
from headwater_collector.projection import following, relinking, wiring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.projection.decided_log import STEPS, Step, check
from tests.reference.history_strategies import long_scripts
from tests.reference.strategies import Script, scripts

EXAMPLES = os.environ.get("HEADWATER_EXAMPLES")
dozens = settings(
    max_examples=int(EXAMPLES or 60),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=False,
)


@dozens
@given(scripts(), STEPS, st.integers(1, 4))
def test_graph_equals_model_of_a_decided_log(script: Script, steps: list[Step], batch_size: int) -> None:
    check(script, steps, batch_size)


@dozens
@given(long_scripts(), STEPS, st.integers(1, 4))
def test_graph_equals_model_of_a_decided_log_of_long_histories(
    script: Script, steps: list[Step], batch_size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "KEPT_CLOSERS", 2)
        patch.setattr(following, "PIECE", 3)
        patch.setattr(relinking.relink_all, "__defaults__", (2,))
        check(script, steps, batch_size)


@dozens
@given(scripts(), STEPS, st.integers(1, 4), st.frozensets(st.integers(1, 40), min_size=1))
def test_graph_equals_model_where_transactions_take_too_long(
    script: Script, steps: list[Step], batch_size: int, fails: frozenset[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relinking.relink_all, "__defaults__", (2,))
        check(script, steps, batch_size, fails)
