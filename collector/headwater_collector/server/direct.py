"""Endpoints that are answered before FastAPI and all its middleware."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from headwater_collector.server.problem import problem, status_of, unforeseen

Endpoint = Callable[[Request], Awaitable[Response]]


class DirectlyAnswering(FastAPI):
    """A FastAPI application where some paths, when posted to, are answered by plain functions.

    Those take what OpenLineage clients send, many times a second: the way through FastAPI's middleware and routes took
    an eighth of the CPU of such a request, the parsing of the event and its way into the log included.
    """

    def __init__(self, direct: Mapping[str, Endpoint], **rest: Any) -> None:
        """Answer the paths of `direct` by its functions, and all else as FastAPI does with the other parameters."""
        super().__init__(**rest)
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        posted = scope["type"] == "http" and scope["method"] == "POST"
        endpoint = self._direct.get(scope["path"]) if posted else None
        if endpoint is None:
            await super().__call__(scope, receive, send)
            return
        try:
            response = await endpoint(Request(scope, receive))
        except Exception as error:
            foreseen = status_of(error) != 500
            await (problem(error) if foreseen else unforeseen())(scope, receive, send)
            if not foreseen:
                raise  # for the server's log
        else:
            await response(scope, receive, send)
