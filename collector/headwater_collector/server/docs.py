"""The pages of the API's documentation, whole without internet: no CDN."""

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Response
from fastapi.openapi.docs import get_swagger_ui_html

_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}


def docs_routes() -> APIRouter:
    """Return the routes of ``/docs`` and of what that page loads."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def docs() -> Response:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title="Headwater API",
            swagger_js_url="docs/assets/swagger-ui-bundle.js",
            swagger_css_url="docs/assets/swagger-ui.css",
            swagger_favicon_url="docs/assets/favicon-32x32.png",
        )

    for name, media_type in _ASSETS.items():
        _add_asset(router, name, media_type)
    return router


def _add_asset(router: APIRouter, name: str, media_type: str) -> None:
    # That package is here for its files only: its own way of adding them changes the application behind our back.
    path = files("fastapi_swagger") / "resources" / name

    @router.get(f"/docs/assets/{name}")
    def asset() -> Response:
        return Response(path.read_bytes(), media_type=media_type, headers={"Cache-Control": "max-age=86400"})
