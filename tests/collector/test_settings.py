"""Settings: from options, variables and secret files; a bad one is one sentence that names its variable."""

import os
from pathlib import Path

import pytest
from headwater_collector.errors import SetupError
from headwater_collector.settings import Settings, env_var, load_settings, settings_table, unknown_variables


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("HEADWATER_"):
            monkeypatch.delenv(name)


def test_every_setting_has_a_description_and_a_default() -> None:
    rows = settings_table(load_settings())
    assert {row.name for row in rows} == set(Settings.model_fields)
    for row in rows:
        assert row.description.endswith("."), row.name
        assert "\n" not in row.description
        assert row.value == row.default, row.name
        assert row.env_var == f"HEADWATER_{row.name.upper()}"


def test_options_beat_variables_beat_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_PORT", "6000")
    monkeypatch.setenv("HEADWATER_HOST", "10.0.0.1")
    settings = load_settings(port=7000, host=None)
    assert (settings.port, settings.host, settings.bolt_port) == (7000, "10.0.0.1", 7687)


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_PORT", "")
    monkeypatch.setenv("HEADWATER_NEO4J_URI", "")
    assert load_settings().port == Settings.model_fields["port"].default
    assert load_settings().neo4j_uri is None


def test_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_DATA_DIR", "~/lineage")
    assert load_settings().data_dir == Path.home() / "lineage"


@pytest.mark.parametrize("name", ["neo4j_password", "api_key"])
def test_a_secret_from_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("s3cret \n")
    monkeypatch.setenv(f"{env_var(name)}_FILE", str(tmp_path / "secret"))
    assert getattr(load_settings(), name).get_secret_value() == "s3cret "
    monkeypatch.setenv(env_var(name), "nearer")
    assert getattr(load_settings(), name).get_secret_value() == "nearer"


def test_a_secret_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_NEO4J_PASSWORD_FILE", "/no/such/file")
    with pytest.raises(SetupError, match="HEADWATER_NEO4J_PASSWORD_FILE: /no/such/file cannot be read"):
        load_settings()


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_NEO4J_PASSWORD", "s3cret")
    monkeypatch.setenv("HEADWATER_API_KEY", "s3cret")
    settings = load_settings()
    assert "s3cret" not in repr(settings_table(settings)) + repr(settings) + str(settings)
    assert {row.name for row in settings_table(settings) if row.value == "********"} == {"neo4j_password", "api_key"}


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("port", "abc", "valid integer"),
        ("port", "70000", "less than or equal to 65535"),
        ("batch_size", "0", "greater than 0"),
        ("query_timeout_seconds", "-1", "greater than 0"),
        ("log_level", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("neo4j_uri", "localhost:7687", "must be an address such as bolt://host"),
        ("neo4j_uri", "http://localhost", "must be an address such as bolt://host"),
        ("neo4j_uri", "bolt://", "must be an address such as bolt://host"),
        ("url", "localhost", "must be an address such as http://host"),
    ],
)
def test_a_bad_value_is_one_sentence(name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(env_var(name), value)
    with pytest.raises(SetupError) as caught:
        load_settings()
    message = str(caught.value)
    assert message.startswith(f"{env_var(name)}: '{value}' is not right: ")
    assert complaint in message
    assert "\n" not in message
    assert message.endswith(".")


def test_each_bad_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_PORT", "abc")
    with pytest.raises(SetupError) as caught:
        load_settings(batch_size=0)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["HEADWATER_PORT", "HEADWATER_BATCH_SIZE"]


def test_a_password_in_an_address_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_NEO4J_URI", "bolt://neo4j:s3cret@host")
    with pytest.raises(SetupError, match="HEADWATER_NEO4J_URI: its value is not right: must not hold a user") as caught:
        load_settings()
    assert "s3cret" not in str(caught.value)


def test_the_largest_body_must_fit() -> None:
    with pytest.raises(SetupError, match=r"^HEADWATER_MAX_IN_FLIGHT_BYTES \(5\) must not be less than .*\.$"):
        load_settings(max_body_bytes=6, max_in_flight_bytes=5)


def test_an_option_that_is_no_setting() -> None:
    with pytest.raises(SetupError, match="no setting 'colour'"):
        load_settings(colour="red")


def test_misspelt_variables() -> None:
    environment = {"HEADWATER_PROT": "1", "HEADWATER_PORT": "1", "HEADWATER_API_KEY_FILE": "x", "PATH": "/"}
    assert unknown_variables(environment) == ["HEADWATER_PROT"]
