"""The base class of workloads, and their cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.driver import Figures
from bench.peers.server import Running
from bench.world import Plan


@dataclass(frozen=True)
class Scale:
    """Duration, size and selection of cases, from the command line."""

    seconds: float = 3.0
    quick: bool = False
    connections: int = 5_000  # in the mix and the storm
    only: tuple[str, ...] = ()  # names of the chosen cases; empty: all

    def wants(self, case: str) -> bool:
        """Whether a case is chosen."""
        return not self.only or case in self.only


@dataclass(frozen=True)
class Case:
    """One server's turn: a database, and the measurement of a server on a copy of it.

    `measure` returns figures by configuration, such as "room of 200, four in flight".
    """

    name: str
    plan: Plan | None
    measure: Callable[[Running], dict[str, Figures]]
    environment: Mapping[str, str] = field(default_factory=dict)


class Workload:
    """A workload: its name on the command line, its title in the report, and its cases."""

    name = ""
    title = ""

    def cases(self, scale: Scale) -> Sequence[Case]:
        """Returns the cases at this scale."""
        raise NotImplementedError
