"""The servers that are measured."""

from __future__ import annotations

from bench.peers.earlier import Earlier
from bench.peers.limit import Limit
from bench.peers.node import GroupedNode, Node
from bench.peers.palabre import Palabre
from bench.peers.prosody import Prosody
from bench.peers.python_peers import AsyncPython, PlainFlask
from bench.peers.server import Peer

EARLIER = Earlier()
# By their names for `--peers`, in the order of the tables.
PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Palabre(),
        EARLIER,
        Node(),
        GroupedNode(),
        AsyncPython(),
        PlainFlask(),
        Prosody(),
        Limit(),
    )
}
