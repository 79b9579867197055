"""What pip is told here, uv is told too."""

from pathlib import Path

from tests.producers.environments import uv_settings

LISTED = """\
:env:.index-url='https://user:secret@packages.example.com/simple'
:env:.default-timeout='180'
:env:.disable-pip-version-check='1'
global.index-url='https://elsewhere.example.com/simple'
global.extra-index-url='\\nhttps://a.example.com/simple\\nhttps://b.example.com/simple'
global.cert='/etc/ssl/certs/ca-certificates.crt'
install.find-links='{here} {missing} https://wheels.example.com/'
wheel.index-url='https://never.example.com/simple'
"""


def test_the_index_is_that_of_pip(tmp_path: Path) -> None:
    assert uv_settings(LISTED.format(here=tmp_path, missing=tmp_path / "missing")) == {
        "UV_DEFAULT_INDEX": "https://user:secret@packages.example.com/simple",
        "UV_INDEX": "https://a.example.com/simple https://b.example.com/simple",
        "UV_FIND_LINKS": f"{tmp_path},https://wheels.example.com/",
        "UV_HTTP_TIMEOUT": "180",
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
    }


def test_where_pip_is_told_nothing_uv_is_not_either() -> None:
    assert uv_settings("") == {}
