"""The settings: each is an environment variable ``HEADWATER_*`` with a type, a default and a one-line description."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from headwater_collector.errors import SetupError

PREFIX = "HEADWATER_"
MIB = 1024 * 1024
NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _expanded(path: Path) -> Path:
    return path.expanduser()


def _optionally_expanded(path: Path | None) -> Path | None:
    return path.expanduser() if path else None


def _neo4j_address(uri: str | None) -> str | None:
    if uri is not None:
        _check_address(uri, NEO4J_SCHEMES)
    return uri


def _http_address(url: str) -> str:
    _check_address(url, ("http", "https"))
    return url.rstrip("/")


def _check_address(address: str, schemes: tuple[str, ...]) -> None:
    parts = urlsplit(address)
    if parts.username or parts.password:
        raise ValueError("must not hold a user or password: they have settings of their own")
    if parts.port == 0 or parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"must be an address such as {schemes[0]}://host, with one of: {', '.join(schemes)}")


Folder = Annotated[Path, AfterValidator(_expanded)]
Port = Annotated[int, Field(ge=0, le=65_535)]
Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """All settings. Make them with `load_settings`, whose errors are sentences."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on; any but loopback demands an API key.")
    port: Port = Field(5050, description="Port to listen on.")
    data_dir: Folder = Field(
        default_factory=lambda: user_data_path("headwater", appauthor=False),
        description="Folder of the event log, the API keys and the managed Neo4j.",
    )
    cache_dir: Folder = Field(
        default_factory=lambda: user_cache_path("headwater", appauthor=False),
        description="Folder of downloads: Neo4j itself.",
    )
    # Read where it is used, by the package that must not know settings; declared to be listed, and not to be unknown.
    maven_url: str | None = Field(
        None, description="Mirror of Maven Central for the download of Neo4j; what it serves is checked."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much the server reports.")

    neo4j_uri: Annotated[str | None, AfterValidator(_neo4j_address)] = Field(
        None, description="Neo4j to use, such as neo4j+s://host; without it a local one is managed."
    )
    neo4j_user: str = Field("neo4j", description="User of that Neo4j.")
    neo4j_password: SecretStr | None = Field(None, description="Password of that user.")
    neo4j_database: str | None = Field(None, description="Database of that Neo4j; its default one if not given.")
    neo4j_heap_mb: Annotated[int, Field(ge=128)] = Field(512, description="Heap of the managed Neo4j, in MiB.")
    neo4j_page_cache_mb: Annotated[int, Field(ge=16)] = Field(
        128, description="Page cache of the managed Neo4j, in MiB; best if the graph fits in."
    )
    bolt_port: Port = Field(7687, description="Bolt port of the managed Neo4j; a busy one is stepped over.")

    max_body_bytes: Positive = Field(
        16 * MIB, description="Largest body that is accepted, in bytes, also after decompression."
    )
    max_in_flight_bytes: Positive = Field(
        32 * MIB, description="Bytes of bodies being received at once; more are answered with 503."
    )
    max_backlog_events: Positive = Field(
        1_000_000, description="Accepted events that may wait for Neo4j; beyond, new ones are answered with 503."
    )
    batch_size: Positive = Field(500, description="Most events that are projected in one transaction.")

    unended_after_hours: Annotated[float, Field(gt=0)] = Field(
        24.0, description="Hours without a word after which a run that has not ended is shown as unended."
    )
    fold_rules: Annotated[Path | None, AfterValidator(_optionally_expanded)] = Field(
        None, description="TOML file of rules that fold partitions and part files into their dataset, in answers."
    )
    query_timeout_seconds: Annotated[float, Field(gt=0)] = Field(
        30.0, description="Longest time that a question may take."
    )
    query_row_limit: Positive = Field(10_000, description="Most rows that a Cypher question of a user returns.")

    url: Annotated[str, AfterValidator(_http_address)] = Field(
        "http://127.0.0.1:5050", description="Server that the client commands speak to."
    )
    api_key: SecretStr | None = Field(None, description="API key that the client commands show.")

    @model_validator(mode="after")
    def _one_body_fits(self) -> Self:
        if self.max_in_flight_bytes < self.max_body_bytes:
            raise ValueError(
                f"HEADWATER_MAX_IN_FLIGHT_BYTES ({self.max_in_flight_bytes}) must not be less than "
                f"HEADWATER_MAX_BODY_BYTES ({self.max_body_bytes}): the largest body could never be received"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take options of the command line, then variables, then files named by variables."""
        return (init_settings, env_settings, _SecretFiles(settings_cls))


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets from files: ``HEADWATER_NEO4J_PASSWORD_FILE`` names the file that holds the password."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{env_var(field_name)}_FILE") if _is_secret(field) else None
        return (_read_secret(field_name, Path(path)) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as `headwater settings` lists it; secrets are masked."""

    name: str
    env_var: str
    value: str
    default: str
    description: str


def load_settings(**options: object) -> Settings:
    """Return the settings from `options` that are not None, then the environment, then the defaults.

    Raises `SetupError` with one sentence for each bad value, naming its variable and never a secret.
    """
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problems = [_sentence(problem) for problem in error.errors(include_url=False)]
        raise SetupError("\n".join(problems)) from None


def settings_table(settings: Settings) -> list[SettingRow]:
    """Return a row for each setting, in the order of their declaration."""
    return [
        SettingRow(
            name, env_var(name), _shown(getattr(settings, name)), _shown(_default(field)), field.description or ""
        )
        for name, field in Settings.model_fields.items()
    ]


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the variables ``HEADWATER_*`` that no setting reads: most likely misspelt."""
    known = {env_var(name) for name in Settings.model_fields}
    known |= {f"{env_var(name)}_FILE" for name, field in Settings.model_fields.items() if _is_secret(field)}
    return sorted(name for name in environment if name.startswith(PREFIX) and name.upper() not in known)


def env_var(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def _is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation)


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{env_var(name)}_FILE: {path} cannot be read ({error}).") from error


def _default(field: FieldInfo) -> object:
    return field.get_default(call_default_factory=True, validated_data={})


def _shown(value: object) -> str:
    if value is None:
        return ""
    return "********" if isinstance(value, SecretStr) else str(value)


def _sentence(problem: ErrorDetails) -> str:
    if not problem["loc"]:
        return f"{problem['msg'].removeprefix('Value error, ')}."
    name = str(problem["loc"][0])
    field = Settings.model_fields.get(name)
    if field is None:
        return f"There is no setting {name!r}."
    # An address may hold a password, against the rules.
    secret = _is_secret(field) or "@" in str(problem["input"])
    given = "its value" if secret else repr(problem["input"])
    return f"{env_var(name)}: {given} is not right: {_complaint(problem['msg'])}."


def _complaint(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return message[0].lower() + message[1:]
