"""Files of a static export over HTTP, as any web server would serve a single-page application."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class StaticSite:
    """Serves a folder on a free port; addresses that are no file get ``index.html``.

    ``replace`` is applied to scripts: an export carries the address of its server in them, and a
    test's server listens where there was room.
    """

    def __init__(self, folder: Path) -> None:
        self.replace: dict[bytes, bytes] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self, folder))
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, site: StaticSite, folder: Path, *arguments: Any) -> None:
        self._site = site
        self._folder = folder
        super().__init__(*arguments, directory=str(folder))

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.path, file = "/index.html", self._folder / "index.html"
        content = file.read_bytes()
        if file.suffix == ".js":
            for old, new in self._site.replace.items():
                content = content.replace(old, new)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
