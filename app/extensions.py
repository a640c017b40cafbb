"""The Flask extensions, unbound; this module has no logic."""

from __future__ import annotations

from flask_babel import Babel
from flask_caching import Cache
from flask_jwt_extended import JWTManager

from app.realtime.socketio_server import SocketIO

jwt = JWTManager()
cache = Cache()
babel = Babel()
socketio = SocketIO()
