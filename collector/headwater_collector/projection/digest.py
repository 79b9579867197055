"""Short addresses of contents."""

from hashlib import sha256


def digest_of(value: bytes) -> str:
    """Return a short content address, 32 hex digits of the SHA-256."""
    return sha256(value).hexdigest()[:32]
