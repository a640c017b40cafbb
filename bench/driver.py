"""Runs the load generator: its cast, its phases and its report."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import programs
from bench.places import WORK
from bench.processes import Usage, on_generator_core, put_first, usage
from bench.tokens import token_of

Figures = dict[str, Any]


# Rates by which the server's CPU time is divided, for the cost of one operation.
_RATES = ("deliveries_per_s", "acks_per_s", "answers_per_s", "operations_per_s")


class Failed(Exception):
    """A run measured nothing; the message says why."""


@dataclass(frozen=True)
class Member:
    """One connection of the cast."""

    user: int
    role: str = "listen"  # or send, extra
    room: int = 0  # the conversation it joins
    target: int = 0  # the conversation it writes to
    kind: str = "socket"  # or http, or chat

    def line(self) -> str:
        """Returns the member's line in the generator's cast."""
        token = token_of(self.user) if self.kind == "socket" else f"person{self.user}"
        return f"{self.kind} {self.role} {token} {self.room} {self.target}"


@dataclass(frozen=True)
class Request:
    """One REST read."""

    kind: str
    user: int
    path: str


@dataclass(frozen=True)
class Phase:
    """A phase of a run; each workload in generator/ documents its meaning of `window` and `rate`."""

    name: str
    seconds: float
    window: int = 1
    rate: float = 0

    def spelt(self) -> str:
        """Returns the phase as the generator's arguments spell it."""
        return f"{self.name}={self.window}:{self.rate}:{self.seconds}"


@dataclass(frozen=True)
class Report:
    """The figures of one run of the generator, with the server's usage beside them."""

    connecting: Figures
    phases: dict[str, Figures]


def run(
    workload: str,
    port: int,
    server: int,
    members: Iterable[Member],
    phases: Sequence[Phase],
    *,
    requests: Iterable[Request] = (),
    at_once: int = 64,
    warm: float = 0.5,
    patience: float = 60.0,
) -> Report:
    """Runs one workload against the server whose process is `server`. Raises :class:`Failed`."""
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        cast, asked = Path(folder, "cast"), Path(folder, "requests")
        cast.write_text("\n".join(member.line() for member in members) + "\n")
        asked.write_text("".join(f"{r.kind} {_token(r.user)} {r.path}\n" for r in requests))
        command = [
            *on_generator_core(), str(programs.generator()), "--workload", workload,
            "--port", str(port), "--cast", str(cast), "--requests", str(asked),
            "--phases", ";".join(phase.spelt() for phase in phases),
            "--at-once", str(at_once), "--warm", str(warm), "--patience", str(patience),
        ]  # fmt: skip
        return _listen(command, server)


_tokens: dict[int, str] = {}


def _token(user: int) -> str:
    return _tokens.setdefault(user, token_of(user))


def _scratch() -> Path:
    folder = WORK / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _listen(command: Sequence[str], server: int) -> Report:
    """Reads the generator's lines, and the server's usage at each line."""
    connecting: Figures = {}
    phases: dict[str, Figures] = {}
    before = usage(server)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        put_first(process.pid)
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            now, said = usage(server), json.loads(line)
            at, phase = said.pop("at"), said.pop("phase", "")
            if at == "connected":
                connecting = {**said, **_share(before, now, said)}
            elif at == "end":
                phases[phase] = {**said, **_share(before, now, said)}
            before = now
        errors = process.stderr.read().strip()
    if process.returncode:
        raise Failed(
            f"{connecting.get('failure') or errors or 'the generator ended early'}: "
            f"{connecting.get('ready')} of {connecting.get('wanted')} connected"
        )
    return Report(connecting, phases)


def _share(before: Usage, after: Usage, said: Figures) -> Figures:
    seconds = said["seconds"]
    server = (after.cpu_seconds - before.cpu_seconds) / seconds
    done = next((said[rate] for rate in _RATES if said.get(rate)), None)
    everybody = (after.busy_seconds - before.busy_seconds) / seconds
    return {
        "server_cpu": round(server, 4),
        **({"operation_cpu_us": round(server / done * 1e6, 2)} if done else {}),
        "others_cpu": round(max(0.0, everybody - server - said["generator_cpu"]), 4),
        "server_memory_kb": after.resident_kb,
        "server_memory_grown_kb": after.resident_kb - before.resident_kb,
    }
