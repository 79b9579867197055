"""Speaking to a running server, for the commands that ask it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import quote

import click
import httpx

from headwater_collector.errors import (
    BadRequest,
    Forbidden,
    HeadwaterError,
    NotFound,
    Rejected,
    Unauthorized,
    Unavailable,
)
from headwater_collector.settings import load_settings

_ERRORS: Final[dict[int, type[HeadwaterError]]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    422: BadRequest,
}


class Client:
    """A client of one server; close it when done. Every method raises an error that the command line reports."""

    def __init__(self, url: str | None = None, timeout: float = 60.0) -> None:
        """Take the address and the API key from the settings where `url` is not given."""
        settings = load_settings(url=url)
        key = settings.api_key.get_secret_value() if settings.api_key else None
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.url = settings.url
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=timeout)

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON answer; parameters that are None are left out."""
        return self._send("GET", path, parameters).json()

    def post(self, path: str, body: Any = None, **parameters: Any) -> Any:
        """Return the JSON answer to a POST of a JSON body."""
        return self._send("POST", path, parameters, body).json()

    def delete(self, path: str, **parameters: Any) -> Any:
        """Return the JSON answer to a DELETE."""
        return self._send("DELETE", path, parameters).json()

    def raw(self, path: str) -> bytes:
        """Return the bytes of an answer."""
        return self._send("GET", path, {}).content

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def _send(self, method: str, path: str, parameters: dict[str, Any], body: Any = None) -> httpx.Response:
        chosen = {name: value for name, value in parameters.items() if value is not None}
        try:
            response = self._http.request(method, f"/api/headwater/v1{quote(path)}", params=chosen, json=body)
        except httpx.TransportError as error:
            raise Unavailable(
                f"No Headwater answers at {self.url} ({error}): start one with `headwater serve`, or name another with "
                "--url or HEADWATER_URL."
            ) from None
        if response.is_success:
            return response
        raise _error_of(response)


def _error_of(response: httpx.Response) -> HeadwaterError:
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"{response.url} answered {response.status_code}: is that a Headwater?"
    if response.status_code >= 500:
        return Unavailable(detail)
    return _ERRORS.get(response.status_code, Rejected)(detail)


def client_command(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options ``--url`` and ``--json``, and call it with an open `Client` and `as_json`."""

    @click.option("--url", metavar="URL", help="Address of the server. [env: HEADWATER_URL]")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
    @wraps(function)
    def command(url: str | None, as_json: bool, **options: Any) -> None:
        with Client(url) as client:
            function(client, as_json=as_json, **options)

    return command
