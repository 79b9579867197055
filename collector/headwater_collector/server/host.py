"""The whole of Headwater in one process: receiver, projector and answers, put together and taken apart in order."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace

import uvicorn
from headwater_graph import statements

from headwater_collector.answers.folding import load_folding
from headwater_collector.api_keys import ApiKeys
from headwater_collector.body import Budget
from headwater_collector.data_folder import DataFolder
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.server.access import check_binding
from headwater_collector.server.app import create_app
from headwater_collector.server.graph_side import GraphSide, Reports
from headwater_collector.server.listening import listen, url_of
from headwater_collector.server.memory import collect_garbage_seldom, give_back_large_blocks
from headwater_collector.server.services import Services
from headwater_collector.settings import Settings

STOP_SECONDS = 10
"""How long requests under way may take when the server is stopped."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    url: str
    stepped_over: bool
    """Whether the port is another one than the settings name, because that one is busy."""


class Host:
    """One Headwater. `run` blocks until a signal or `stop`; the event log is ready to receive before Neo4j is."""

    def __init__(
        self,
        settings: Settings,
        *,
        reports: Reports | None = None,
        listening: Callable[[Address], None] = lambda address: None,
    ) -> None:
        """Prepare to run with these settings; `listening` is called once the address is known."""
        self._settings = settings
        self._reports = reports or Reports()
        self._listening = listening
        self._server: uvicorn.Server | None = None
        self._stop = threading.Event()
        self._fatal: Exception | None = None

    def run(self) -> None:
        """Serve until a signal comes or `stop` is called.

        Raises `SetupError` or `GraphRefused` when a person must act, `GraphUnavailable` if the
        managed Neo4j does not start.
        """
        settings = self._settings
        give_back_large_blocks()
        statements.read_all()
        with ExitStack() as stack:
            data = DataFolder(settings.data_dir)
            stack.enter_context(data.lock())
            keys = ApiKeys(data.keys)
            check_binding(settings.host, keys)
            folding = load_folding(settings.fold_rules)
            free = "port" not in settings.model_fields_set
            sock = stack.enter_context(listen(settings.host, settings.port, step_over_busy=free))
            log = stack.enter_context(closing(SqliteEventLog(data.log)))
            index = stack.enter_context(closing(EventIndex(log, data.index)))
            graph = GraphSide(settings, data, log, index, replace(self._reports, fatal=self._end_for))
            stack.callback(graph.stop)
            budget = Budget(settings.max_in_flight_bytes)
            services = Services(
                log, index, keys, settings, budget, graph=graph.state, queries=graph.queries, folding=folding
            )
            self._server = uvicorn.Server(_config(services))
            collect_garbage_seldom()
            stack.enter_context(_signals_ignored())
            graph.start()
            url = url_of(sock)
            self._listening(Address(url, stepped_over=settings.port not in (0, sock.getsockname()[1])))
            if not self._stop.is_set():
                self._server.run(sockets=[sock])
        if self._fatal:
            raise self._fatal

    def stop(self) -> None:
        """Make `run` finish the requests under way and return; may be called from any thread."""
        self._stop.set()
        if self._server:
            self._server.should_exit = True

    def _end_for(self, error: Exception) -> None:
        self._fatal = error
        self.stop()


def _config(services: Services) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(services),
        log_config=None,
        access_log=services.settings.log_level == "debug",
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
    )


@contextmanager
def _signals_ignored() -> Iterator[None]:
    """Keep signals from ending the process while it is taken apart: uvicorn raises the one that stopped it again."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: None) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
