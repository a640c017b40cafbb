"""JSON by orjson, for REST and for the sockets alike."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Flask's JSON: compact, UTF-8, and strict about what is not JSON."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Encodes an object."""
        return orjson.dumps(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Returns a response, encoded once."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Decodes a text; raises ``ValueError``."""
        return orjson.loads(s)


class SocketJson:
    """The ``json`` module for python-socketio; orjson is compact without ``separators``."""

    JSONDecodeError = orjson.JSONDecodeError

    @staticmethod
    def dumps(obj: Any, **_options: Any) -> str:
        """Encodes an object."""
        return orjson.dumps(obj).decode()

    @staticmethod
    def loads(text: str) -> Any:
        """Decodes a text; raises ``ValueError``."""
        return orjson.loads(text)
