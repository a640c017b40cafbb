"""Palabre: conversations about products and lessons, live."""

from __future__ import annotations

import sys
from functools import partial

from app import features, limits, web
from app.accounts import cookies
from app.accounts.reader import recognise
from app.accounts.sockets import admission
from app.extensions import cache, jwt, socketio
from app.http import proxy, rest, routing, security
from app.http.json import OrjsonProvider, SocketJson
from app.http.openapi import Api
from app.operations import cli, logs
from app.operations.health import health
from app.store import files, store
from app.store.tables import db, migrate
from app.web.errors import render_error
from config import ROOT, Settings, SettingsError, flask_config, load_settings


def create_app(settings: Settings | None = None) -> Api:
    """Returns an application bound to its settings. :func:`app.operations.serving.start` serves it."""
    features.load()  # Socket.IO keeps the handlers registered when it is bound
    settings = settings or _settings_or_exit()
    app = Api(
        __name__,
        doc_prefix=rest.PREFIX,
        validation_error_callback=rest.refuse_invalid,
    )
    app.config.update(flask_config(settings))
    app.json = OrjsonProvider(app)
    routing.init(app)
    logs.init(settings.log_level)
    _bind_extensions(app, settings)
    _register_features(app)
    return app


def _bind_extensions(app: Api, settings: Settings) -> None:
    db.init_app(app)
    migrate.init_app(
        app, db, directory=str(ROOT / "app" / "store" / "migrations"), render_as_batch=True
    )
    store.init(settings.database_url)
    files.init(settings.data_dir / "files")
    jwt.init_app(app)
    cache.init_app(app)
    limits.init(settings)
    admission.bind(settings)
    socketio.init_app(
        app,
        async_mode="gevent",
        async_handlers=False,  # one client's events keep their order
        manage_session=False,
        # A poll may reach another process than the one that holds its session; a WebSocket stays.
        transports=["websocket"] if settings.processes > 1 else ["polling", "websocket"],
        cors_allowed_origins=partial(security.origin_is_allowed, settings.cors_origins),
        json=SocketJson,
        transport=settings.transport,
        logger=False,
        engineio_logger=False,
    )
    app.wsgi_app = proxy.TrustProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]


def _register_features(app: Api) -> None:
    web.init_app(app, recognise)
    cookies.init(app)
    rest.init(app, render_error)
    security.init(app, app.config["SETTINGS"])
    logs.watch_requests(app)
    for blueprint in features.rest_blueprints():
        app.register_api(blueprint)
    for pages in features.page_blueprints():
        app.register_blueprint(pages)
    app.register_api(health)
    cli.init(app)


def _settings_or_exit() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        sys.exit(str(error))
