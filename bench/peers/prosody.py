"""Prosody, an XMPP server: a group chat with other guarantees, for orientation.

Its rooms are archived (XEP-0313) without waiting for the disk; there are no acknowledgements and no
unread counts. Presence is not broadcast in the room: 1,000 members would exchange a million stanzas
before the first message.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.peers.server import Peer
from bench.places import Missing

_PEOPLE = 1_000
_CONFIGURATION = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
modules_enabled = {{ "saslauth"; "disco"; "ping" }}
modules_disabled = {{ "s2s"; "offline"; "tls" }}
log = {{ warn = "*console" }}
VirtualHost "localhost"
Component "conference.localhost" "muc"
  modules_enabled = {{ "muc_mam" }}
  muc_log_by_default = true
  restrict_room_creation = false
  muc_room_locking = false
  muc_room_default_presence_broadcast = {{ visitor = false; participant = false; moderator = false }}
"""


class Prosody(Peer):
    """Group chat over XMPP."""

    name = "prosody"
    title = "Prosody (XMPP)"
    serves = frozenset({"fanout"})
    usually = frozenset({"fanout 50"})
    speaks = "chat"
    health = None

    def install(self) -> None:
        if shutil.which("prosody") is None:
            raise Missing("Prosody is not installed: apt install prosody (and stop its service)")

    def command(self, folder: Path) -> Sequence[str | Path]:
        return ["prosody", "--config", folder / "prosody.cfg.lua", "-F"]

    def environment(self, _folder: Path, _port: int) -> Mapping[str, str]:
        return {}

    def prepare(self, folder: Path, port: int) -> None:
        (folder / "prosody.cfg.lua").write_text(_CONFIGURATION.format(folder=folder, port=port))
        accounts = folder / "data" / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        for user in range(1, _PEOPLE + 1):
            (accounts / f"person{user}.dat").write_text('return { ["password"] = "bench"; };\n')

    def version(self) -> str:
        asked = ["dpkg-query", "--showformat=${Version}", "--show", "prosody"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        return f"prosody {done.stdout}".strip()
