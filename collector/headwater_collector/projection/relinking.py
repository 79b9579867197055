"""A change of the alias rules in the graph: all datasets are gone through, and linked as the rules say now."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from headwater_graph.change import GraphChange
from headwater_graph.errors import GraphRefused, GraphUnavailable
from headwater_graph.store import GraphStore, GraphTransaction

from headwater_collector.errors import HeadwaterError
from headwater_collector.projection.groups import regroup
from headwater_collector.projection.projector import difference
from headwater_collector.projection.rules import RULES, Rules, drop_unnamed, link, rules_text
from headwater_collector.projection.timeline import rebind_all
from headwater_collector.projection.view import View

logger = logging.getLogger(__name__)

PAGE: Final = 1000
"""Datasets that are linked in one transaction: each binds anew all reads of the groups that it joins."""

SMALLER: Final = 4
"""How much smaller pages become where one is too much for the database."""


class HalfLinked(HeadwaterError):
    """Some datasets are linked by the rules that are followed, and some by others: projection cannot go on."""


def relink_all(store: GraphStore, rules: Rules, alive: Callable[[], None], page: int = PAGE) -> None:
    """Make these the rules of the graph, and link all its datasets by them; doing it again changes nothing.

    `alive` is called between pages, and may raise to end it: the rules stand then, and the rest is to be done again,
    as it is after any other error.
    """
    store.transact(lambda transaction: transaction.write(GraphChange(facts={RULES: rules_text(rules)})))
    after: str | None = ""
    while after is not None:
        try:
            after = store.transact(partial(relink, after=after, limit=page))
        except (GraphUnavailable, GraphRefused):
            raise
        except Exception as error:
            if page == 1:
                raise
            page = max(page // SMALLER, 1)
            logger.warning("datasets are linked by %d in a transaction now: %s", page, error)
        alive()


def unlink(store: GraphStore, rules: Rules, alive: Callable[[], None], why: Exception) -> None:
    """Make these, as they were before, the rules again, because others could not be followed; raises `HalfLinked`."""
    try:
        relink_all(store, rules, alive)
    except (GraphUnavailable, GraphRefused, HeadwaterError):
        raise
    except Exception as error:
        raise HalfLinked(
            f"A decision about alias rules could neither be followed ({why}) nor undone ({error}): let the database "
            "have more memory and more time for a transaction. It is tried again."
        ) from error


def relink(transaction: GraphTransaction, after: str, limit: int) -> str | None:
    """Link the datasets whose keys follow `after`; return the key of the last one, None if there was none."""
    view = View(transaction)
    keys = transaction.datasets(after, limit)
    view.load([*keys, RULES])
    view.open(view.datasets, keys)
    link(view, keys)
    drop_unnamed(view)
    for first, former in regroup(view, parted=True).items():
        rebind_all(view, first, former)
    transaction.write(difference(view))
    return keys[-1] if keys else None
