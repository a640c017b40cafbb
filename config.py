"""Every setting of Palabre, typed, read once from the environment.

An invalid value raises :class:`SettingsError`, whose message names the setting. Only
``gunicorn.conf.py``, which gunicorn reads before the application, uses the environment as well.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
Network = IPv4Network | IPv6Network
ACCESS_COOKIE = "access_token_cookie"  # also read by the Socket.IO handshake
TRANSPORTS = ("watchers", "greenlets")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(ValueError):
    """A setting has a value the server cannot start with."""


@dataclass(frozen=True)
class Settings:
    """The operator's settings; ``.env.example`` describes the same list."""

    host: str  # address to listen on
    port: int  # port to listen on
    data_dir: Path  # database, secrets and uploads; absolute
    database_url: str  # SQLAlchemy URL; SQLite in data_dir unless said otherwise
    redis_url: str | None  # cache, limits, presence and doorbell that several processes share
    processes: int  # how many workers gunicorn starts; more than one needs PostgreSQL and Redis
    trusted_proxies: tuple[Network, ...]  # their X-Forwarded-* headers are trusted
    cors_origins: tuple[str, ...]  # other origins whose browsers may call; empty: same origin only
    access_token_seconds: int  # life of an access token
    refresh_token_seconds: int  # life of a refresh token, renewed at each rotation
    ratelimit_enabled: bool  # off only for load tests
    transport: str  # serves WebSockets by watchers of the event loop, or by greenlets
    log_level: str
    secret_key: str  # signs the form tokens of visitors who are not signed in
    jwt_secret_key: str  # signs access and refresh tokens


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads all settings. Raises :class:`SettingsError` with a sentence that names a wrong one."""
    data_dir = _data_dir(environ.get("DATA_DIR") or "instance")
    keys = _secrets(environ, data_dir)
    return Settings(
        host=environ.get("HOST") or "127.0.0.1",
        port=_number(environ, "PORT", 5000, 1, 65535),
        data_dir=data_dir,
        database_url=_database_url(environ.get("DATABASE_URL"), data_dir),
        redis_url=_redis_url(environ.get("REDIS_URL")),
        processes=_number(environ, "WEB_CONCURRENCY", 1, 1, 64),
        trusted_proxies=_networks(environ.get("TRUSTED_PROXIES") or "127.0.0.0/8,::1"),
        cors_origins=_origins(environ.get("CORS_ORIGINS", "")),
        access_token_seconds=_number(environ, "JWT_ACCESS_TOKEN_EXPIRES", 900, 1, 86_400),
        refresh_token_seconds=_number(
            environ, "JWT_REFRESH_TOKEN_EXPIRES", 2_592_000, 1, 31_536_000
        ),
        ratelimit_enabled=_boolean(environ, "RATELIMIT_ENABLED", True),
        transport=_transport(environ.get("TRANSPORT") or "watchers"),
        log_level=_log_level(environ.get("LOG_LEVEL") or "INFO"),
        secret_key=keys["SECRET_KEY"],
        jwt_secret_key=keys["JWT_SECRET_KEY"],
    )


def flask_config(settings: Settings) -> dict[str, Any]:
    """Returns the settings under the names that Flask and its extensions expect."""
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        # Larger JSON bodies are refused before they are read.
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "JWT_SECRET_KEY": settings.jwt_secret_key,
        "JWT_ACCESS_TOKEN_EXPIRES": settings.access_token_seconds,
        "JWT_REFRESH_TOKEN_EXPIRES": settings.refresh_token_seconds,
        "JWT_ACCESS_COOKIE_NAME": ACCESS_COOKIE,
        "JWT_TOKEN_LOCATION": ["headers", "cookies"],
        "JWT_COOKIE_CSRF_PROTECT": True,
        "JWT_CSRF_CHECK_FORM": True,
        "JWT_COOKIE_SAMESITE": "Lax",
        # A page with an expired access cookie renews it from the refresh cookie, so every path gets both.
        "JWT_REFRESH_COOKIE_PATH": "/",
        "JWT_ERROR_MESSAGE_KEY": "message",
        "CACHE_TYPE": "RedisCache" if settings.redis_url else "SimpleCache",
        "CACHE_REDIS_URL": settings.redis_url,
        "CACHE_KEY_PREFIX": "palabre:cache:",
        "CACHE_DEFAULT_TIMEOUT": 300,
        "CACHE_THRESHOLD": 20_000,
        "RATELIMIT_ENABLED": settings.ratelimit_enabled,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": "en",
    }


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name) or str(default)
    if not text.strip().isdecimal() or not low <= int(text) <= high:
        raise SettingsError(
            f"{name} must be a whole number from {low} to {high}, but it is {text!r}."
        )
    return int(text)


def _boolean(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = (environ.get(name) or str(default)).strip().lower()
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text not in words:
        raise SettingsError(f"{name} must be true or false, but it is {environ[name]!r}.")
    return words[text]


def _transport(text: str) -> str:
    if text.lower() not in TRANSPORTS:
        raise SettingsError(f"TRANSPORT must be one of {', '.join(TRANSPORTS)}, not {text!r}.")
    return text.lower()


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {text!r}.")
    return text.upper()


def _data_dir(text: str) -> Path:
    path = (ROOT / Path(text).expanduser()).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"DATA_DIR is {text!r}, which cannot be created: {error.strerror}."
        ) from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(f"DATA_DIR is {text!r}, which this user cannot write to.")
    return path


def _database_url(text: str | None, data_dir: Path) -> str:
    if not text:
        return f"sqlite:///{data_dir / 'palabre.db'}"
    for scheme in ("postgresql://", "postgres://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    if text.startswith(("sqlite:////", "postgresql+psycopg://")):
        return text
    raise SettingsError(
        "DATABASE_URL must start with sqlite:////absolute/path or postgresql://, "
        f"not {text.split(':', 1)[0]!r}."
    )


def _redis_url(text: str | None) -> str | None:
    if not text:
        return None
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError("REDIS_URL must start with redis://, rediss:// or unix://.")
    return text


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(
            f"TRUSTED_PROXIES must be a comma-separated list of addresses or networks: {error}."
        ) from None


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        exact = f"{parts.scheme}://{parts.netloc}" == origin
        if parts.scheme not in ("http", "https") or not parts.hostname or not exact:
            raise SettingsError(
                "CORS_ORIGINS must be a comma-separated list of origins such as "
                f"https://shop.example; {origin!r} is not one. Wildcards are refused."
            )
    return origins


def _secrets(environ: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """The signing keys: from the environment, else from a private file created at the first start."""
    path = data_dir / "secrets.json"
    stored = _read_secrets(path) if path.exists() else _create_secrets(path)
    return {name: _key(environ.get(name) or stored.get(name), name) for name in SECRETS}


SECRETS = ("SECRET_KEY", "JWT_SECRET_KEY")


def _key(value: str | None, name: str) -> str:
    if not value or len(value) < 32:
        raise SettingsError(
            f"{name} must have at least 32 characters. Leave it out to generate one."
        )
    return value


def _read_secrets(path: Path) -> dict[str, str]:
    try:
        stored: dict[str, str] = json.loads(path.read_text())
        return stored
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} is not a readable secrets file: {error}.") from error


def _create_secrets(path: Path) -> dict[str, str]:
    made = {name: secrets.token_urlsafe(48) for name in SECRETS}
    _write_private(path, lambda: json.dumps(made, indent=2))
    # Two processes may start at once: the file that was created first counts.
    return _read_secrets(path)


def _write_private(path: Path, text: Callable[[], str]) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
