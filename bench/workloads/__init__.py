"""What is measured: each workload has cases, and every peer takes its turn in every case."""

from __future__ import annotations

from bench.workloads.case import Case, Scale, Workload
from bench.workloads.fanout import FanOut
from bench.workloads.sends import Sends, SlowDisk

# By the name the command line takes, in the order of the report.
WORKLOADS: dict[str, Workload] = {
    workload.name: workload for workload in (FanOut(), Sends(), SlowDisk())
}

__all__ = ["WORKLOADS", "Case", "Scale", "Workload"]
