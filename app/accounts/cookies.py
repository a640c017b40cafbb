"""The pages' cookies: the same tokens, hidden from scripts, with a CSRF value scripts can read."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from flask_jwt_extended.config import config as jwt_config
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import commands
from app.accounts.commands import SignInResult
from app.accounts.tokens import read_token, settings
from app.errors import PalabreError
from app.store import store


def set_cookies(response: BaseResponse, signed_in: SignInResult) -> None:
    """Signs a browser in: access and refresh token, each with its readable CSRF value."""
    keys = settings()
    tokens = {
        (jwt_config.access_cookie_name, jwt_config.access_csrf_cookie_name): (
            signed_in.tokens.access,
            "access",
        ),
        (jwt_config.refresh_cookie_name, jwt_config.refresh_csrf_cookie_name): (
            signed_in.tokens.refresh,
            "refresh",
        ),
    }
    for (name, csrf_name), (token, kind) in tokens.items():
        _set(response, name, token, httponly=True)
        _set(response, csrf_name, str(read_token(keys, token, kind)["csrf"]), httponly=False)


def clear_cookies(response: BaseResponse) -> None:
    """Signs a browser out."""
    for name in (
        jwt_config.access_cookie_name,
        jwt_config.access_csrf_cookie_name,
        jwt_config.refresh_cookie_name,
        jwt_config.refresh_csrf_cookie_name,
    ):
        response.delete_cookie(name, path="/", samesite="Lax", secure=request.is_secure)


def renew_for_page() -> SignInResult | None:
    """Signs the reader of a page in from their refresh cookie; the answer carries the new cookies.

    For page requests with an expired access cookie. ``None`` if there is no live session.
    """
    token = request.cookies.get(jwt_config.refresh_cookie_name)
    if not token:
        return None
    try:
        claims = read_token(settings(), token, "refresh")
        renewed = store.write(commands.refresh, settings(), str(claims["sid"]), token)
    except PalabreError:
        return None
    g.renewed = renewed
    return renewed


def init(app: Flask) -> None:
    """Adds renewed cookies to the response."""

    @app.after_request
    def _send(response: Response) -> Response:
        renewed = g.pop("renewed", None)
        if renewed is not None:
            set_cookies(response, renewed)
        return response


def _set(response: BaseResponse, name: str, value: str, *, httponly: bool) -> None:
    keys = current_app.config["SETTINGS"]
    response.set_cookie(
        name,
        value,
        max_age=keys.refresh_token_seconds,
        path="/",
        secure=request.is_secure,
        httponly=httponly,
        samesite="Lax",
    )
