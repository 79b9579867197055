"""Namespaces that are the same place written in another way: by case, scheme, default port or a slash. Pure."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

SCHEMES: Final = {
    "s3a": "s3",
    "s3n": "s3",
    "postgresql": "postgres",
    "abfs": "abfss",
    "wasb": "wasbs",
    "gcs": "gs",
    "mariadb": "mysql",
    "sqlserver": "mssql",
}
"""Schemes of one kind of storage under another name, and the name that OpenLineage's naming rules use or is safer."""

PORTS: Final = {
    "postgres": 5432,
    "mysql": 3306,
    "mssql": 1433,
    "oracle": 1521,
    "redshift": 5439,
    "hive": 10000,
    "hdfs": 8020,
    "kafka": 9092,
    "cassandra": 9042,
    "mongodb": 27017,
    "http": 80,
    "https": 443,
}
"""Ports that a connection uses where none is named, by scheme."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a namespace names, however it is written."""

    scheme: str
    host: str
    path: str


def place_of(namespace: str) -> Place:
    """Return the place that a namespace names, without regard to its port."""
    parts = _split(namespace)
    if parts is None:
        return Place("", "", namespace.rstrip("/").lower())
    return Place(scheme_of(parts.scheme), _host(parts), parts.path.rstrip("/").lower())


def port_of(namespace: str) -> int | None:
    """Return the port that a namespace names, None for none."""
    parts = _split(namespace)
    try:
        return parts.port if parts else None
    except ValueError:
        return None


def scheme_of(scheme: str) -> str:
    """Return the name of a scheme that stands for all its names."""
    return SCHEMES.get(scheme.lower(), scheme.lower())


def written_differently(one: str, other: str) -> list[str]:
    """Return in which ways two namespaces of one place are written differently."""
    first, second = _split(one), _split(other)
    found = []
    if first and second and scheme_of(first.scheme) == scheme_of(second.scheme):
        if first.scheme.lower() != second.scheme.lower():
            found.append(f"the scheme ({first.scheme}, {second.scheme}: the same kind of storage)")
        ports = port_of(one), port_of(other)
        if ports[0] != ports[1]:
            found.append(_about_port(scheme_of(first.scheme), *ports))
    if one.endswith("/") != other.endswith("/"):
        found.append("a slash at the end")
    if _bare(one).lower() == _bare(other).lower() and _bare(one) != _bare(other):
        found.append("upper and lower case")
    return found


def _about_port(scheme: str, one: int | None, other: int | None) -> str:
    port = one if one is not None else other
    default = " (the default)" if PORTS.get(scheme) == port else ""
    return f"the port, {port}{default} or none"


def _bare(namespace: str) -> str:
    """Return the part of a namespace whose letters may differ in case: all but the scheme and the port."""
    parts = _split(namespace)
    if parts is None:
        return namespace.rstrip("/")
    host = parts.netloc.rpartition("@")[2]
    port = port_of(namespace)
    return (host.removesuffix(f":{port}") if port is not None else host) + parts.path.rstrip("/")


def _host(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2].lower()
    try:
        return host.removesuffix(f":{parts.port}") if parts.port is not None else host
    except ValueError:
        return host


def _split(namespace: str) -> SplitResult | None:
    if "://" not in namespace:
        return None
    try:
        return urlsplit(namespace)
    except ValueError:
        return None
