"""The workloads. Each has cases, and every peer takes its turn in every case."""

from __future__ import annotations

from bench.workloads.case import Case, Scale, Workload
from bench.workloads.connections import Connections
from bench.workloads.fanout import FanOut
from bench.workloads.growth import Growth
from bench.workloads.mix import Mix
from bench.workloads.page import PageLoad
from bench.workloads.rest import Rest
from bench.workloads.sends import Sends, SlowDisk
from bench.workloads.storm import Storm

# By their names on the command line, in the order of the report.
WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        FanOut(),
        Sends(),
        SlowDisk(),
        Connections(),
        Storm(),
        Rest(),
        Mix(),
        Growth(),
        PageLoad(),
    )
}

__all__ = ["WORKLOADS", "Case", "Scale", "Workload"]
