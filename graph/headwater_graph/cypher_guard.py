"""Cypher from analysts: it may read, for a while, and so many rows.

Neo4j Community has no roles, so three things hold together: the session is in read access mode; the words of the
statement are looked through for what a plan does not show; and every operator and procedure of its plan must be on a
list. What is new in a later Neo4j is refused until it is put on the list.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import neo4j
from neo4j.exceptions import ClientError

from headwater_graph import cypher_words
from headwater_graph.errors import QueryFailed, QueryRefused, QueryTimeout
from headwater_graph.plain_values import plain
from headwater_graph.queries import reading

PROCEDURES: Final = frozenset(
    {
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.labels",
        "db.propertyKeys",
        "db.relationshipTypes",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
        "dbms.components",
    }
)
"""Procedures that analysts may call."""

OPERATORS: Final = frozenset(
    re.findall(
        r"\w+",
        """
    AllNodesScan AntiConditionalApply AntiSemiApply Apply Argument ArgumentTracker AssertSameNode
    AssertSameRelationship BFSPruningVarLengthExpand BidirectionalRepeat CacheProperties CartesianProduct
    ConditionalApply DirectedAllRelationshipsScan DirectedRelationshipByElementIdSeek
    DirectedRelationshipByIdSeek DirectedRelationshipIndexContainsScan DirectedRelationshipIndexEndsWithScan
    DirectedRelationshipIndexScan DirectedRelationshipIndexSeek DirectedRelationshipIndexSeekByRange
    DirectedRelationshipTypeScan DirectedRelationshipUniqueIndexSeek DirectedUnionRelationshipTypesScan
    Distinct DynamicLabelNodeLookup DynamicDirectedRelationshipTypeLookup
    DynamicUndirectedRelationshipTypeLookup Eager EagerAggregation EmptyResult EmptyRow ExhaustiveLimit Expand
    Filter IntersectionNodeByLabelsScan LeftOuterHashJoin LetAntiSemiApply LetSelectOrAntiSemiApply
    LetSelectOrSemiApply LetSemiApply Limit MultiNodeIndexSeek NodeByElementIdSeek NodeByIdSeek NodeByLabelScan
    NodeCountFromCountStore NodeHashJoin NodeIndexContainsScan NodeIndexEndsWithScan NodeIndexScan
    NodeIndexSeek NodeIndexSeekByRange NodeUniqueIndexSeek NodeUniqueIndexSeekByRange NullifyMetadata Optional
    OptionalExpand OrderedAggregation OrderedDistinct OrderedUnion PartialSort PartialTop
    PartitionedAllNodesScan PartitionedNodeByLabelScan PartitionedUnwind PathPropagatingBFS PreserveOrder
    ProcedureCall ProduceResults ProjectEndpoints Projection RelationshipCountFromCountStore Repeat
    RightOuterHashJoin RollUpApply SelectOrAntiSemiApply SelectOrSemiApply SemiApply ShortestPath Skip Sort
    StatefulShortestPath SubtractionNodeByLabelsScan Top Top1WithTies TriadicBuild TriadicFilter
    TriadicSelection UndirectedAllRelationshipsScan UndirectedRelationshipByElementIdSeek
    UndirectedRelationshipByIdSeek UndirectedRelationshipIndexContainsScan
    UndirectedRelationshipIndexEndsWithScan UndirectedRelationshipIndexScan UndirectedRelationshipIndexSeek
    UndirectedRelationshipIndexSeekByRange UndirectedRelationshipTypeScan UndirectedRelationshipUniqueIndexSeek
    UndirectedUnionRelationshipTypesScan Union UnionNodeByLabelsScan Unwind ValueHashJoin VarLengthExpand
    """,
    )
)
"""Operators that read, of Neo4j 5.26 and 2026.08, without what stands in parentheses behind some."""


_EXPLAIN: Final = "EXPLAIN "
_PLACE: Final = re.compile(r"\(line 1, column (\d+) \(offset: \d+\)\)")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that a statement returned, as plain values."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool
    """Whether there were more rows than the limit."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Runs analysts' statements on one database."""

    driver: neo4j.Driver
    database: str | None = None
    timeout: float = 30.0
    """Seconds after which the server ends a statement."""
    row_limit: int = 10_000
    """Most rows that are returned."""

    def run(self, text: str, parameters: Mapping[str, Any] | None = None, row_limit: int | None = None) -> Table:
        """Run one statement, or show its plan if it begins with EXPLAIN.

        Raises `QueryRefused` for what may not run, `QueryFailed` for what cannot, `QueryTimeout` for what takes too
        long.
        """
        words = cypher_words.checked(text)
        limit = min(row_limit or self.row_limit, self.row_limit)
        given = dict(parameters or {})
        with (
            reading(self.driver, self.database) as session,
            _analysts_errors(self.timeout),
            session.begin_transaction(timeout=self.timeout) as transaction,
        ):
            plan = transaction.run(text if words.explain else _EXPLAIN + text, given).consume().plan or {}
            check_plan(plan)
            if words.explain:
                return Table(["operator", "details"], list(_lines(plan)), truncated=False)
            return _table(transaction.run(text, given), limit)


def _table(result: neo4j.Result, limit: int) -> Table:
    rows = result.fetch(limit + 1)
    columns = list(result.keys())
    result.consume()
    return Table(columns, [[plain(value) for value in row.values()] for row in rows[:limit]], len(rows) > limit)


@contextmanager
def _analysts_errors(timeout: float) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.code or ""
        if "TransactionTimedOut" in code or code.endswith("Transaction.Terminated"):
            raise QueryTimeout(f"The query took longer than {timeout:g} s; ask for less of it.") from error
        if "AccessMode" in code or "Forbidden" in code:
            raise QueryRefused("The query would write; only reading is allowed here.") from error
        raise QueryFailed(_without_explain(error.message or code)) from error
    except (OverflowError, TypeError, ValueError) as error:
        raise QueryFailed(f"A parameter cannot be sent to the database: {error}") from error


def _without_explain(message: str) -> str:
    """Return the database's message as if we had not put EXPLAIN before the statement: columns, quotation, marker."""
    if f'"{_EXPLAIN}' not in message:
        return message
    lines = message.replace(f'"{_EXPLAIN}', '"').split("\n")
    lines = [line.removeprefix(" " * len(_EXPLAIN)) if line.strip() == "^" else line for line in lines]
    return _PLACE.sub(lambda place: f"(line 1, column {int(place[1]) - len(_EXPLAIN)})", "\n".join(lines))


def check_plan(plan: Mapping[str, Any]) -> None:
    """Raise `QueryRefused` if an operator or procedure of the plan is not on the lists."""
    for operator, details in operators(plan):
        if operator not in OPERATORS:
            raise QueryRefused(f"The query needs the operator {operator}, which writes or is not known to only read.")
        if operator == "ProcedureCall":
            _check_procedure(details)


def _check_procedure(details: str) -> None:
    name = re.match(r"\s*([\w.`]+)\s*\(", details)
    if name is None or name[1].replace("`", "") not in PROCEDURES:
        called = name[1] if name else details[:80]
        raise QueryRefused(
            f"The procedure {called} may not be called here; allowed are {', '.join(sorted(PROCEDURES))}."
        )


def operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and details of each operator of a plan, from the result down."""
    for _, operator, details in _walk(plan, 0):
        yield operator.partition("(")[0], details


def _walk(plan: Mapping[str, Any], depth: int) -> Iterator[tuple[int, str, str]]:
    stack = [(plan, depth)]
    while stack:
        step, level = stack.pop()
        yield level, step.get("operatorType", "").partition("@")[0], str(step.get("args", {}).get("Details") or "")
        stack.extend((child, level + 1) for child in reversed(step.get("children") or []))


def _lines(plan: Mapping[str, Any]) -> Iterator[list[str]]:
    for level, operator, details in _walk(plan, 0):
        yield ["  " * level + operator, details]
