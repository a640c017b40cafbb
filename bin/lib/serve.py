"""The second part of `bin/serve`, inside the environment: prepare, then become the server."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence

import dotenv
import pages
import translations
from say import ROOT, Stop, main, run, step

sys.path.insert(0, str(ROOT))

from config import Settings, SettingsError, load_settings

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
_PATIENCE_SECONDS = 60
_FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def serve(arguments: Sequence[str]) -> None:
    """Prepares and starts the server in this process; returns only after `--prepare`."""
    options = _options(arguments)
    dotenv.load_dotenv(ROOT / ".env")
    settings = _settings()
    if not options.prepare:
        _refuse_taken_port(settings)
    pages.ensure_bundle()
    translations.ensure_compiled()
    _migrate()
    if options.demo:
        _fill_with_demo()
    if not options.prepare:
        _start(settings)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/serve", description="Prepare and start Palabre.")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="fill an empty database with people, products and conversations",
    )
    parser.add_argument("--prepare", action="store_true", help="prepare only, do not start")
    return parser.parse_args(arguments)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        raise Stop(
            f"{error}\nSettings come from the environment or from .env; see .env.example."
        ) from None


def _refuse_taken_port(settings: Settings) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise Stop(
            f"HOST is {settings.host!r}, which is not an address here: {error.strerror}."
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise Stop(_why_not_listening(settings, error)) from None
    if _answers(settings):
        # On macOS two programs can share a port if one of them listens on every address.
        raise Stop(_why_not_listening(settings, OSError(errno.EADDRINUSE, "")))


def _why_not_listening(settings: Settings, error: OSError) -> str:
    where = f"port {settings.port} on {settings.host}"
    if error.errno == errno.EADDRINUSE:
        hint = " (On a Mac that may be AirPlay.)" if sys.platform == "darwin" else ""
        return (
            f"Another program is using {where}.{hint}\n"
            f"Stop it, or choose another port: PORT={settings.port + 1} bin/serve"
        )
    if error.errno == errno.EACCES:
        return f"This user cannot listen on {where}. Choose a PORT of 1024 or more."
    return f"Palabre cannot listen on {where} (HOST, PORT): {error.strerror}."


def _answers(settings: Settings) -> bool:
    try:
        with socket.create_connection((_reachable(settings), settings.port), timeout=1):
            return True
    except OSError:
        return False


def _reachable(settings: Settings) -> str:
    """The server's address for a browser on this machine."""
    return _EVERYWHERE.get(settings.host, settings.host)


def _migrate() -> None:
    step("Migrating the database")
    run(
        [*_FLASK, "db", "upgrade"],
        failing="The database could not be migrated (DATABASE_URL); see the lines above.",
    )


def _fill_with_demo() -> None:
    # Its output is shown: it lists the accounts.
    if subprocess.call([*_FLASK, "demo"], cwd=ROOT):
        raise Stop("The demonstration data could not be added; see the lines above.")


def _start(settings: Settings) -> None:
    """Becomes gunicorn, and leaves a child that prints the address once the server answers."""
    step("Starting the server")
    server = os.getpid()
    if os.fork() == 0:
        _announce(settings, server)
        os._exit(0)
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    )


def _announce(settings: Settings, server: int) -> None:
    """Prints the server's address once it answers there; nothing if it never does."""
    # A second fork, so that gunicorn has no child that it has not started.
    if os.fork():
        return
    host = _reachable(settings)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    with contextlib.suppress(KeyboardInterrupt):
        if _is_up(f"{url}/healthz", server):
            print(f"\n  Palabre is ready: {url}\n  Ctrl-C stops it.\n", flush=True)


def _is_up(url: str, server: int) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and _is_alive(server):
        try:
            with direct.open(url, timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(serve)
