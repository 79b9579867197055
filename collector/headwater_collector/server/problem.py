"""Errors as problem+json (RFC 9457), and the one place where an error becomes an HTTP status."""

import re
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from headwater_graph.errors import GraphError, QueryRefused, QueryTimeout
from starlette.exceptions import HTTPException

from headwater_collector.errors import HeadwaterError, LogUnavailable, Unauthorized

RETRY_AFTER_SECONDS: Final = 1
"""What a sender is asked to wait after a 503."""
LOG_RETRY_AFTER_SECONDS: Final = 5
"""The same when the log cannot be written: a disk does not empty itself in a second."""

MEDIA_TYPE: Final = "application/problem+json"


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error: 4xx if it is permanent, 503 if the same request may succeed later."""
    if isinstance(error, HeadwaterError):
        return error.status
    if isinstance(error, QueryRefused):
        return 400
    if isinstance(error, QueryTimeout):
        return 504
    return 503 if isinstance(error, GraphError) else 500


def problem(error: Exception) -> Response:
    """Return the answer that tells this error to a program and to a person."""
    status = status_of(error)
    headers = {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        seconds = LOG_RETRY_AFTER_SECONDS if isinstance(error, LogUnavailable) else RETRY_AFTER_SECONDS
        headers["Retry-After"] = str(seconds)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(status, _title(error), str(error), headers)


def unforeseen() -> Response:
    """Return the answer to a request that met a bug."""
    return problem_response(500, "Internal server error", "This is a bug in Headwater; its log tells where.")


def problem_response(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """Return a problem+json answer; `title` is the kind of problem and names its type, `detail` says what to do."""
    kind = re.sub("[^a-z]+", "-", title.lower()).strip("-")
    body = {"type": f"urn:headwater:problem:{kind}", "title": title, "status": status, "detail": detail, **more}
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def answer_errors(app: FastAPI) -> None:
    """Make the application answer every error as problem+json."""
    app.add_exception_handler(HeadwaterError, _on_error)
    app.add_exception_handler(GraphError, _on_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_parameters)
    app.add_exception_handler(Exception, _on_bug)


async def _on_error(request: Request, error: Exception) -> Response:
    return problem(error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = str(error.detail)
    if detail == title:
        detail = f"{request.method} {request.url.path}: {title}. /docs lists what there is."
    return problem_response(error.status_code, title, detail, dict(error.headers or {}))


async def _on_invalid_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [{"field": ".".join(map(str, fault["loc"])), "reason": fault["msg"]} for fault in error.errors()]
    detail = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults)
    return problem_response(400, "Bad request", detail, errors=faults)


async def _on_bug(request: Request, error: Exception) -> Response:
    return unforeseen()


def _title(error: Exception) -> str:
    words = re.sub("(?<!^)([A-Z])", r" \1", type(error).__name__)
    return words.capitalize()
