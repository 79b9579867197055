"""A collector over real HTTP: real log, index and keys, on a free port of this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from headwater_collector.api_keys import ApiKeys
from headwater_collector.body import Budget
from headwater_collector.data_folder import DataFolder
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.server.app import create_app
from headwater_collector.server.services import Services
from headwater_collector.settings import load_settings
from starlette.types import ASGIApp

from tests.waiting import PATIENCE


@dataclass
class Served:
    """A running collector and a client of it."""

    services: Services
    url: str
    http: httpx.Client


@contextmanager
def serving(folder: Path, **options: Any) -> Iterator[Served]:
    """Run a collector on the folder until the end of the block; options are settings."""
    data = DataFolder(folder)
    log = SqliteEventLog(data.log)
    index = EventIndex(log, data.index)
    settings = load_settings(**options)
    services = Services(log, index, ApiKeys(data.keys), settings, Budget(settings.max_in_flight_bytes))
    try:
        with running(services) as url, httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
            yield Served(services, url, http)
    finally:
        index.close()
        log.close()


def running(services: Services) -> AbstractContextManager[str]:
    """Run the application of the services in a thread of this process and yield its URL."""
    return listening_on(create_app(services))


@contextmanager
def listening_on(app: ASGIApp) -> Iterator[str]:
    """Run an application in a thread of this process and yield its URL."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    # Listens from the start, so that a client that comes early is not refused.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
