"""The shape of a workload."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.driver import Figures
from bench.peers.server import Running
from bench.world import Plan


@dataclass(frozen=True)
class Scale:
    """How long and how large: `--seconds`, `--quick`, and what narrows a workload down."""

    seconds: float = 3.0
    quick: bool = False
    connections: int = 5_000  # of the mix and of the storm
    only: tuple[str, ...] = ()  # of a workload's cases, by name

    def wants(self, case: str) -> bool:
        """Whether a case takes part."""
        return not self.only or case in self.only


@dataclass(frozen=True)
class Case:
    """One server's turn: a database, and what is done to the server that works on a copy of it.

    `measure` returns figures by configuration, such as "room of 200, four in flight".
    """

    name: str
    plan: Plan | None
    measure: Callable[[Running], dict[str, Figures]]
    environment: Mapping[str, str] = field(default_factory=dict)


class Workload:
    """A name for the command line, a title for the report, and cases."""

    name = ""
    title = ""

    def cases(self, scale: Scale) -> Sequence[Case]:
        """What is measured, at this scale."""
        raise NotImplementedError
