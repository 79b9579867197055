"""The endpoints of the OpenLineage API: senders post events here."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from headwater_collector.server.direct import Endpoint
from headwater_collector.server.receiver import Receiver

_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "An OpenLineage RunEvent, JobEvent or DatasetEvent, see https://openlineage.io/apidocs/openapi",
    "required": ["eventTime", "producer", "schemaURL"],
    "example": {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-31T12:00:00.000Z",
        "producer": "https://example.com/my-pipeline",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "0192f1a0-7000-7000-8000-000000000000"},
        "job": {"namespace": "my-namespace", "name": "my-job"},
        "inputs": [{"namespace": "s3://lake", "name": "raw/orders"}],
        "outputs": [{"namespace": "s3://lake", "name": "clean/orders"}],
    },
}
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "Not JSON in UTF-8, or not an object"},
    401: {"description": "No API key, or a wrong one"},
    403: {"description": "The API key may not write to this namespace"},
    413: {"description": "Larger than the limit, also after decompression"},
    503: {"description": "Not recorded, send it again: the backlog is full or the log cannot be written"},
}


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


def direct_endpoints(receiver: Receiver) -> dict[str, Endpoint]:
    """Return what answers OpenLineage clients, by path."""
    return {"/api/v1/lineage": receiver.one, "/api/v1/lineage/batch": receiver.batch}


def lineage_routes(receiver: Receiver) -> APIRouter:
    """Return the same routes as they are described in the API's documentation."""
    router = APIRouter(prefix="/api/v1", tags=["OpenLineage"], responses=_PROBLEMS)

    @router.post(
        "/lineage",
        status_code=201,
        response_class=Response,
        openapi_extra=_body({"application/json": {"schema": _EVENT}}),
        responses={422: {"description": "No identity of a run, job or dataset, or no readable eventTime"}},
    )
    async def post_event(request: Request) -> Response:
        """Send one event, plain or with Content-Encoding gzip or zstd; 201 means that it is durable."""
        return await receiver.one(request)

    @router.post(
        "/lineage/batch",
        response_class=Response,
        openapi_extra=_body(
            {
                "application/json": {"schema": {"type": "array", "items": _EVENT}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            }
        ),
    )
    async def post_batch(request: Request) -> Response:
        """Send several events, a JSON array or one a line. Each is judged alone; the answer lists the failed ones."""
        return await receiver.batch(request)

    return router
