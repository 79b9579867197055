"""``headwater keys``: API keys, on the machine of the server."""

from pathlib import Path
from typing import Any

import click

from headwater_collector.api_keys import ApiKey, ApiKeys, Role
from headwater_collector.cli.output import print_json, print_table
from headwater_collector.data_folder import DataFolder
from headwater_collector.settings import load_settings

data_dir = click.option("--data-dir", type=click.Path(path_type=Path), help="The server's data folder.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group()
def keys() -> None:
    """Create, list and revoke API keys. Used on the server's machine; a running server sees the change at once."""


@keys.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    default="emit",
    show_default=True,
    help="Send events, ask, or do everything.",
)
@click.option("--namespace", "namespaces", multiple=True, help="May write to it; 'team-*' for all that begin so. [all]")
@data_dir
@json_option
def create(name: str, role: str, namespaces: tuple[str, ...], data_dir: Path | None, as_json: bool) -> None:
    """Create a key. It is printed once and cannot be had again."""
    key, token = _store(data_dir).create(name, Role(role), namespaces or ("*",))
    if as_json:
        print_json({**_told(key), "key": token})
        return
    click.echo(f"Key {key.id} ({key.role}) for {name}; it is shown this once:", err=True)
    click.echo(token)


@keys.command("list")
@data_dir
@json_option
def list_keys(data_dir: Path | None, as_json: bool) -> None:
    """List all keys, without their secrets."""
    found = [_told(key) for key in _store(data_dir).list_keys()]
    if as_json:
        print_json({"keys": found})
        return
    rows = (
        (k["id"], k["name"], k["role"], ", ".join(k["namespaces"]), k["createdAt"][:19], (k["revokedAt"] or "")[:19])
        for k in found
    )
    print_table(("ID", "NAME", "ROLE", "NAMESPACES", "CREATED", "REVOKED"), rows)


@keys.command()
@click.argument("key_id")
@data_dir
@json_option
def revoke(key_id: str, data_dir: Path | None, as_json: bool) -> None:
    """End a key, now and for good."""
    key = _store(data_dir).revoke(key_id)
    if as_json:
        print_json(_told(key))
    else:
        click.echo(f"Key {key.id} ({key.name}) is revoked.")


def _store(data_dir: Path | None) -> ApiKeys:
    return ApiKeys(DataFolder(load_settings(data_dir=data_dir).data_dir).keys)


def _told(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "role": str(key.role),
        "namespaces": list(key.namespaces),
        "createdAt": key.created_at,
        "revokedAt": key.revoked_at,
    }
