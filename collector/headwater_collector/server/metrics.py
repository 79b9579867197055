"""What Prometheus is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Meters:
    """The instruments of one collector."""

    registry: CollectorRegistry
    accepted: Counter
    refused: Counter
    bytes: Counter
    seconds: Histogram

    def watch(self, name: str, description: str, value: Callable[[], float]) -> None:
        """Report `value()` as a gauge whenever Prometheus asks."""
        Gauge(name, description, registry=self.registry).set_function(value)


def make_meters() -> Meters:
    """Return instruments in a registry of their own."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return Meters(
        registry,
        Counter("headwater_events_accepted", "Events that are durable in the log", registry=registry),
        Counter("headwater_requests_refused", "Events answered with an error", ["status"], registry=registry),
        Counter("headwater_event_bytes", "Bytes of accepted events, decompressed", registry=registry),
        Histogram(
            "headwater_receive_seconds", "From a request's headers to its answer", buckets=_BUCKETS, registry=registry
        ),
    )


def metrics_routes(meters: Meters) -> APIRouter:
    """Return the route that Prometheus scrapes."""
    router = APIRouter(tags=["operation"])

    @router.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Metrics in the text format of Prometheus."""
        return Response(generate_latest(meters.registry), media_type=CONTENT_TYPE_LATEST)

    return router
