"""Another process's clock, set at will: a few lines of C that are preloaded into it."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("jump.c")


def missing() -> str:
    """Why clocks cannot be set on this machine, or nothing."""
    return "" if shutil.which("cc") else "there is no C compiler"


class Clock:
    """The time as seen by a process started with ``settings`` in its environment."""

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "jump.so", folder / "clock"
        self._file.write_bytes(struct.pack("q", 0))
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"], check=True
        )
        self.settings = {"LD_PRELOAD": str(library), "CLOCK_FILE": str(self._file)}

    def jump_to(self, seconds: int) -> None:
        """So many seconds away from the right time, from now on."""
        with self._file.open("r+b") as file:  # in place: it is mapped
            file.write(struct.pack("q", seconds))
