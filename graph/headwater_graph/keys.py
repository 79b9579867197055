"""Keys of nodes: readable, unique, bounded.

A key is the node's kind and its identifying parts joined by ``|``, e.g. ``dataset|s3://lake|raw/orders``. ``%`` and
``|`` inside a part are percent-escaped, so no two identities share a key and the kind can be read back from it.
"""

from hashlib import sha256
from typing import Final

MAX_KEY_BYTES: Final = 1024
"""Longest key in UTF-8 bytes; Neo4j refuses index entries of 8 kB."""

_PREFIX_BYTES: Final = 900
_CUT: Final = "%sha256="


def key(kind: str, *parts: str) -> str:
    """Return the key of the node of this kind with these identifying parts.

    A key that would be longer than `MAX_KEY_BYTES` is cut and closed with the SHA-256 of the whole; ``%s`` cannot occur
    in an escaped part, so a cut key never equals a whole one.
    """
    return bounded("|".join((kind, *map(_escape, parts))))


def bounded(text: str) -> str:
    """Return a text that an index takes: itself, or cut and closed with its SHA-256 if longer than `MAX_KEY_BYTES`."""
    if len(text) <= MAX_KEY_BYTES // 4:
        return text
    data = text.encode()
    if len(data) <= MAX_KEY_BYTES:
        return text
    return data[:_PREFIX_BYTES].decode(errors="ignore") + _CUT + sha256(data).hexdigest()


def is_whole(key: str) -> bool:
    """Return whether a key holds all parts that it was made of, and was not cut."""
    return _CUT not in key


def kind_of(key: str) -> str:
    """Return the kind that a key begins with."""
    return key.partition("|")[0]


def _escape(part: str) -> str:
    if "%" in part or "|" in part:
        return part.replace("%", "%25").replace("|", "%7C")
    return part


def dataset_key(namespace: str, name: str) -> str:
    """Return the key of a Dataset."""
    return key("dataset", namespace, name)


def job_key(namespace: str, name: str) -> str:
    """Return the key of a Job."""
    return key("job", namespace, name)


def column_key(namespace: str, name: str, field: str) -> str:
    """Return the key of a Column of a dataset; the column ``*`` stands for the dataset as a whole."""
    return key("column", namespace, name, field)
