"""Distances, cuts and folding: the pure part of an answer, held against a slow and obvious one."""

from headwater_collector.answers.subgraph import Edge, Reached, cut, distances, fold
from headwater_graph.keys import kind_of
from hypothesis import given
from hypothesis import strategies as st


def _feeds(dataset: str, job: str) -> Edge:
    return (f"dataset|n|{dataset}", f"job|n|{job}", "FEEDS", "ALL_INPUTS")


def _produces(job: str, dataset: str) -> Edge:
    return (f"job|n|{job}", f"dataset|n|{dataset}", "PRODUCES", "ALL_INPUTS")


CHAIN = [_feeds("a", "1"), _produces("1", "b"), _feeds("b", "2"), _produces("2", "c")]


def test_a_job_is_as_far_as_the_datasets_behind_it() -> None:
    found = distances(["dataset|n|c"], CHAIN, upstream=True)
    assert found == {"dataset|n|c": 0, "job|n|2": 1, "dataset|n|b": 1, "job|n|1": 2, "dataset|n|a": 2}


def test_from_a_job_its_own_datasets_are_one_hop_away() -> None:
    found = distances(["job|n|2"], CHAIN, upstream=True)
    assert found == {"job|n|2": 0, "dataset|n|b": 1, "job|n|1": 2, "dataset|n|a": 2}


def test_downstream_is_the_other_way() -> None:
    found = distances(["dataset|n|a"], CHAIN, upstream=False)
    assert found == {"dataset|n|a": 0, "job|n|1": 1, "dataset|n|b": 1, "job|n|2": 2, "dataset|n|c": 2}


def test_an_alias_is_no_hop() -> None:
    edges = [("dataset|n|a", "dataset|n|b", "ALIAS_OF", None), ("dataset|n|b", "dataset|n|a", "ALIAS_OF", None), *CHAIN]
    assert distances(["dataset|n|a"], edges, upstream=True) == {"dataset|n|a": 0, "dataset|n|b": 0, "job|n|1": 1}


DATASETS = [f"dataset|n|{name}" for name in "abcde"]
JOBS = [f"job|n|{name}" for name in "1234"]
EDGES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(DATASETS), st.sampled_from(JOBS), st.just("FEEDS"), st.just("ALL_INPUTS")),
        st.tuples(st.sampled_from(JOBS), st.sampled_from(DATASETS), st.just("PRODUCES"), st.just("LINEAGE")),
        st.tuples(st.sampled_from(DATASETS), st.sampled_from(DATASETS), st.just("ALIAS_OF"), st.none()),
    ),
    max_size=25,
)


def _slowly(start: str, edges: list[Edge], upstream: bool) -> dict[str, int]:
    """Relax every edge until nothing changes."""
    found = {start: 0}
    changed = True
    while changed:
        changed = False
        for edge in edges:
            near, far = (edge[1], edge[0]) if upstream else (edge[0], edge[1])
            if near not in found:
                continue
            to_data = kind_of(far) == "dataset" and kind_of(near) == "job"
            hop = 0 if edge[2] == "ALIAS_OF" or (to_data and near != start) else 1
            if found.get(far, 1_000) > found[near] + hop:
                found[far], changed = found[near] + hop, True
    return found


@given(EDGES, st.sampled_from(DATASETS + JOBS), st.booleans())
def test_distances_are_least(edges: list[Edge], start: str, upstream: bool) -> None:
    assert distances([start], edges, upstream=upstream) == _slowly(start, edges, upstream)


@given(EDGES, st.sampled_from(DATASETS + JOBS), st.booleans(), st.none() | st.integers(0, 3), st.integers(1, 9))
def test_a_cut_keeps_the_nearest_and_tells(
    edges: list[Edge], start: str, upstream: bool, depth: int | None, limit: int
) -> None:
    found = distances([start], edges, upstream=upstream)
    reached = Reached(frozenset(found), {}, [e for e in edges if e[0] in found and e[1] in found])
    left = cut(reached, found, depth, limit, upstream=upstream)
    inside = {key for key, distance in found.items() if depth is None or distance <= depth}
    assert set(left.distances) <= inside
    assert len(left.distances) == min(limit, len(inside))
    assert max(left.distances.values()) <= min([9, *(found[key] for key in inside - set(left.distances))])
    assert ("limit" in left.stopped_by) == (len(inside) > limit)
    assert ("depth" in left.stopped_by) == (inside != set(found))
    assert all(edge[0] in left.distances and edge[1] in left.distances for edge in left.edges)


def test_steps_become_their_owner_with_the_strongest_evidence() -> None:
    edges = [
        ("dataset|n|a", "jobstep|x|1", "FEEDS", "COLUMN"),
        ("dataset|n|a", "jobstep|x|2", "FEEDS", "LINEAGE"),
        ("jobstep|x|1", "dataset|n|b", "PRODUCES", "COLUMN_LINEAGE"),
        ("dataset|n|gone", "jobstep|x|1", "FEEDS", "LINEAGE"),
    ]
    owners = {"jobstep|x|1": "job|n|1", "jobstep|x|2": "job|n|1"}
    assert fold(edges, owners, {"dataset|n|a": 2, "job|n|1": 1, "dataset|n|b": 0}) == [
        ("dataset|n|a", "job|n|1", "FEEDS", "LINEAGE"),
        ("job|n|1", "dataset|n|b", "PRODUCES", "COLUMN_LINEAGE"),
    ]
