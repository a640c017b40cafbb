"""``bin/torture``: the full run, by hand."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.torture import planted
from tests.torture.run import Options, Outcome, run, say


def main() -> int:
    """Run what the command line asks for; 0 if the promise holds (or the planted bug was caught)."""
    arguments = _parse()
    names = planted.NAMES if arguments.planted == "all" else (arguments.planted,)
    if arguments.planted is None:
        return 0 if _run(arguments, "wsgi:app").report.clean else 1
    missed = [name for name in names if _planted_is_missed(arguments, name)]
    say(f"\nNOT caught: {', '.join(missed)}" if missed else "\nEvery planted bug was caught.")
    return 1 if missed else 0


def _planted_is_missed(arguments: argparse.Namespace, name: str) -> bool:
    say(f"\nPlanted: {name}")
    return _run(arguments, planted.application(name)).report.clean


def _run(arguments: argparse.Namespace, application: str) -> Outcome:
    options = Options(
        kills=arguments.kills,
        clients=arguments.clients,
        seed=arguments.seed,
        seconds=arguments.seconds,
        least=500,
        application=application,
    )
    folder = Path(tempfile.mkdtemp(prefix="palabre-torture-"))
    outcome = run(options, folder)
    say(f"\n{outcome.table()}")
    outcome.history.write(folder / "history.jsonl")
    say(f"\n  What every client did is in {folder}/history.jsonl, beside the database and the log.")
    return outcome


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/torture",
        description="Kills a server of its own (on 127.0.0.1, in a temporary folder) again and "
        "again under sending clients, and checks that nothing acknowledged is lost or doubled.",
    )
    parser.add_argument("--kills", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--clients", type=int, default=50, help="sending clients (default 50)")
    parser.add_argument("--seed", type=int, default=1, help="makes the same decisions again")
    parser.add_argument(
        "--seconds", type=float, default=1800.0, help="no more kills after so long (default 1800)"
    )
    parser.add_argument(
        "--planted",
        choices=[*planted.NAMES, "all"],
        help="put this bug into the server, and succeed if it is caught",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
