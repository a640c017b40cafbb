"""Security headers and allowed origins."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from flask_cors import CORS
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from app.http.rest import PREFIX
from config import Settings

DOCS_PAGES = (f"{PREFIX}/swagger",)


def _policy(*script_sources: str) -> ContentSecurityPolicy:
    styles = ("'self'", *[source for source in script_sources if source == "'unsafe-inline'"])
    return (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'", *script_sources)
        .style_src(*styles)
        # A product's image may be on any host.
        .img_src("'self'", "https:", "http:", "data:")
        .font_src("'self'")
        .connect_src("'self'")
        .manifest_src("'self'")
        .form_action("'self'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
    )


def _headers(policy: ContentSecurityPolicy) -> dict[str, str]:
    chosen = Secure(
        csp=policy,
        coop=CrossOriginOpenerPolicy().same_origin(),
        permissions=PermissionsPolicy().camera("()").microphone("()").geolocation("()"),
        referrer=ReferrerPolicy().strict_origin_when_cross_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
    return dict(chosen.headers)


PAGES = _headers(_policy())
API = {**PAGES, "Cache-Control": "no-store"}
# The interactive API page has inline scripts and styles.
DOCS = _headers(_policy("'unsafe-inline'"))
HSTS = StrictTransportSecurity().max_age(31_536_000).header_value


def init(app: Flask, settings: Settings) -> None:
    """Adds the headers to every response, and allows listed origins to call the API."""
    if settings.cors_origins:
        # Bearer tokens only: other origins never use the pages' cookies.
        CORS(
            app,
            resources={rf"{PREFIX}/*": {"origins": list(settings.cors_origins)}},
            supports_credentials=False,
            expose_headers=["Retry-After"],
            max_age=600,
        )
    app.after_request(_protect)


def origin_is_allowed(listed: tuple[str, ...], origin: str, environ: dict[str, Any]) -> bool:
    """Whether a browser page of ``origin`` may open a socket: our own pages, and listed origins."""
    return (
        origin in listed or origin == f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST')}"
    )


def _protect(response: Response) -> Response:
    # setdefault would scan all headers twice for each name.
    present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  (no mapping)
    for name, value in _wanted().items():
        if name.lower() not in present:
            response.headers.add(name, value)
    return response


def _wanted() -> dict[str, str]:
    if request.path.startswith(DOCS_PAGES):
        chosen = DOCS
    else:
        chosen = API if request.path.startswith(PREFIX) else PAGES
    return {**chosen, "Strict-Transport-Security": HSTS} if request.is_secure else chosen
