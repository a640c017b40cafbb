"""``bin/torture``: breaks a server of its own in every way there is, and says what held."""

from __future__ import annotations

import argparse
import dataclasses
import os
import signal
import sys
import tempfile
import time
import traceback
from datetime import date
from pathlib import Path

from tests.torture import faults, table
from tests.torture.faults import Options, Result, say


def main() -> int:
    """Run what the command line asks for; 0 if everything that was tried held."""
    arguments = _parse()
    # Leave like on Ctrl-C: servers and proxies are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="palabre-torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    names = arguments.faults or [] if arguments.table else arguments.faults or faults.NAMES
    for number, name in enumerate(names, 1):
        say(f"[{number}/{len(names)}] {name}")
        result = _try(name, arguments, folder)
        line = table.Line.of(result, arguments.seed, date.today().isoformat(), arguments.quick)
        table.keep(line, folder)
        say(f"  {line.verdict.replace('*', '')}, {line.seconds:.0f} s\n")
    lines = table.kept(folder)
    (folder / "table.md").write_text(table.as_markdown(lines))
    if arguments.document:
        table.put_into(Path(arguments.document), lines)
    say(table.as_text(lines))
    say(f"\nSeed {arguments.seed}. The table is also in {folder}/table.md, evidence beside it.")
    return 0 if all(line.verdict == "holds" or line.skipped for line in lines) else 1


def _try(name: str, arguments: argparse.Namespace, folder: Path) -> Result:
    """A fault that breaks the suite itself is a failure of its line, and the others go on."""
    own = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    options = Options(
        folder=own, seed=arguments.seed, quick=arguments.quick, minutes=arguments.minutes
    )
    began = time.monotonic()
    try:
        result = faults.run(name, options)
    except Exception:
        result = Result(name, "broken off")
        result.report.expect("the fault runs to its end", False, traceback.format_exc()[-2000:])
    # Times mean little on a machine that does other things too: say so beside them.
    load = f"load {os.getloadavg()[1]:.0f} on {os.cpu_count()} cores"
    figures = {**result.figures, "machine": load}
    return dataclasses.replace(result, figures=figures, seconds=time.monotonic() - began)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/torture",
        description="Breaks a server of its own (on 127.0.0.1, in a temporary folder) in every way "
        "there is under people who talk, and checks that nothing acknowledged is lost, doubled or "
        f"out of order. Faults: {', '.join(faults.NAMES)}.",
    )
    parser.add_argument("faults", nargs="*", choices=[*faults.NAMES, []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="a few seconds of each")
    parser.add_argument("--seed", type=int, default=1, help="makes the same decisions again")
    parser.add_argument(
        "--minutes", type=float, help="how long the soak goes on; at most, for kill and deploy"
    )
    parser.add_argument(
        "--keep", metavar="FOLDER", help="keep results there; the table holds all that it finds"
    )
    parser.add_argument(
        "--table", action="store_true", help="with --keep: only print the table of what is there"
    )
    parser.add_argument(
        "--document", metavar="FILE", help="put the table into a document, between its marks"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
