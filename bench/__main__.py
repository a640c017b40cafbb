"""``bin/bench``: measures Palabre and its peers, and reports the results."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from bench import machine, results, runner
from bench.peers import EARLIER, PEERS
from bench.peers.server import Peer
from bench.places import WORK, Missing
from bench.report import console, page
from bench.results import Results
from bench.workloads import WORKLOADS, Scale

_QUICK = ("fanout", "sends")


def main() -> int:
    """Runs the chosen workloads; returns 1 if a turn failed, 2 if nothing could be measured."""
    options = _options()
    # On SIGTERM, exit in order: the servers run in sessions of their own and would survive.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return _bench(options)
    except Missing as missing:
        print(f"\n{missing}", file=sys.stderr)
        return 2


def _bench(options: argparse.Namespace) -> int:
    path: Path = options.append or WORK / "results.json"
    found = results.load(path) if options.append else Results()
    peers = _installed(options.peers) if options.rounds else []
    found.machine = machine.description()
    for peer in peers:
        found.note_version(peer.name, peer.version())
    scale = Scale(options.seconds, options.quick, options.connections, tuple(options.case))
    failures = runner.run(
        [WORKLOADS[name] for name in options.workloads],
        peers,
        options.rounds,
        scale,
        found,
        _say,
        lambda: results.save(found, path),
        asked_for=options.asked_for,
    )
    print(f"\n{console.tables(found, options.workloads)}\n\nEvery figure: {path}")
    if options.docs:
        page.write(found)
        print(f"Written: {page.PAGE} and its drawings")
    return 1 if failures else 0


def _installed(names: list[str]) -> list[Peer]:
    """The peers that can be installed on this machine."""
    able = []
    for name in names:
        peer = PEERS[name]
        try:
            _say(f"preparing {peer.title}")
            peer.install()
            able.append(peer)
        except Missing as missing:
            _say(f"      left out: {missing}")
    return able


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all of them unless named"
    )
    parser.add_argument(
        "--peers",
        help=f"of {','.join(PEERS)}; unless named, each where its figures are worth their time",
    )
    parser.add_argument(
        "--before", metavar="COMMIT", default="", help="the commit of the peer “before”"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument(
        "--case", action="append", default=[], help="only this case of a workload, 200 or 50, say"
    )
    parser.add_argument(
        "--connections", type=int, default=5_000, help="of the marketplace mix and of the storm"
    )
    parser.add_argument("--append", type=Path, metavar="FILE", help="add to the results in a file")
    parser.add_argument(
        "--docs",
        action="store_true",
        help="write docs/performance.md from the results; with --rounds 0 and --append without measuring",
    )
    parser.add_argument(
        "--quick", action="store_true", help="only see that everything works; measures nothing"
    )
    options = parser.parse_args()
    return _checked(parser, options)


def _checked(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    if options.quick:
        options.rounds, options.seconds = 1, 0.5
    options.workloads = options.workloads or (list(_QUICK) if options.quick else list(WORKLOADS))
    EARLIER.commit = options.before
    options.asked_for = bool(options.peers)
    options.peers = (
        options.peers.split(",")
        if options.peers
        else (["palabre"] if options.quick else list(PEERS))
    )
    for name in options.workloads:
        if name not in WORKLOADS:
            parser.error(f"no workload {name}; there are {', '.join(WORKLOADS)}")
    for name in options.peers:
        if name not in PEERS:
            parser.error(f"no peer {name}; there are {', '.join(PEERS)}")
    return options


_began = time.monotonic()


def _say(text: str) -> None:
    print(f"{time.monotonic() - _began:6.0f} s  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
