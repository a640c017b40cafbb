"""Disks as a power failure may leave them, rebuilt from a trace of writes and flushes.

Certain is what was written before a flush began that came back. Whatever was written later may be
there, or not, or in part: the images drop all of it, keep all of it, keep it up to a point that
lies within a write, or keep any of its sectors and not the others, in whatever order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.torture.faults.power.trace import Kind, Step

SECTORS = (512, 4096)
WAYS = ("nothing", "everything", "up to a point", "any sectors")


@dataclass
class _File:
    """One file: its flushed content, and what has been done to it since, oldest first."""

    content: bytearray = field(default_factory=bytearray)
    there: bool = True
    named: bool = True  # whether the folder's word on it is certain
    before: _File | None = None  # what the folder may still call by that name if it is not
    pending: list[Step] = field(default_factory=list)
    flushing: dict[int, int] = field(default_factory=dict)  # thread → how much of it is waited for


class Disk:
    """The watched folder; :meth:`take` the trace step by step, and look at any moment."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._files = {name: _File(bytearray(content)) for name, content in contents.items()}

    def take(self, step: Step) -> None:
        """One step further."""
        if step.kind == Kind.SAY:
            return
        if step.name == "":
            self._take_flush_of_the_folder(step)
        elif step.kind == Kind.FLUSH_BEGINS:
            file = self._file(step.name)
            file.flushing[step.thread] = len(file.pending)
        elif step.kind == Kind.FLUSH_ENDS:
            self._flush(step)
        elif step.kind == Kind.UNLINK:
            self._files[step.name] = _File(there=False, named=False, before=self._file(step.name))
        else:
            file = self._file(step.name)
            file.there = True
            file.pending.append(step)

    def image(self, dice: random.Random) -> tuple[dict[str, bytes], str]:
        """One thing that may be found after a failure now, and how it was made."""
        way, sector = dice.choice(WAYS), dice.choice(SECTORS)
        found = {}
        for name, file in self._files.items():
            content = _survivor(file, way, sector, dice)
            if content is not None:
                found[name] = content
        return found, f"{way} of what was not flushed, sectors of {sector}"

    def _file(self, name: str) -> _File:
        return self._files.setdefault(name, _File(there=False, named=False))

    def _flush(self, step: Step) -> None:
        file = self._file(step.name)
        done = file.flushing.pop(step.thread, 0)
        for one in file.pending[:done]:
            _apply(file.content, one)
        del file.pending[:done]
        # Another thread that is waiting for the same file waits for less now.
        file.flushing = {thread: max(0, n - done) for thread, n in file.flushing.items()}

    def _take_flush_of_the_folder(self, step: Step) -> None:
        if step.kind == Kind.FLUSH_ENDS:
            for file in self._files.values():
                file.named, file.before = True, None


def _survivor(file: _File, way: str, sector: int, dice: random.Random) -> bytes | None:
    if not file.named:
        fate = "before" if way == "nothing" else dice.choice(("before", "gone", "present"))
        if fate == "before" and file.before is not None:
            return _survivor(file.before, way, sector, dice)
        if fate != "present":
            return None
    if not file.there:
        return None
    content = bytearray(file.content)
    for step in _survivors(file.pending, way, sector, dice):
        _apply(content, step)
    return bytes(content)


def _survivors(pending: list[Step], way: str, sector: int, dice: random.Random) -> Iterator[Step]:
    if way == "nothing" or not pending:
        return
    if way == "everything":
        yield from pending
    elif way == "up to a point":
        last = dice.randrange(len(pending))
        yield from pending[:last]
        pieces = list(_pieces(pending[last], sector))
        yield from pieces[: dice.randint(0, len(pieces))]
    else:
        chance = dice.random()
        yield from (p for step in pending for p in _pieces(step, sector) if dice.random() < chance)


def _pieces(step: Step, sector: int) -> Iterator[Step]:
    """A write as the sectors it touches; what it does to the rest of a sector is nothing."""
    if step.kind != Kind.WRITE:
        yield step
        return
    at, end = step.offset, step.offset + len(step.data)
    while at < end:
        until = min(end, (at // sector + 1) * sector)
        data = step.data[at - step.offset : until - step.offset]
        yield step._replace(offset=at, data=data)
        at = until


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == Kind.TRUNCATE:
        del content[step.offset :]
        content.extend(bytes(step.offset - len(content)))
    else:
        content.extend(bytes(max(0, step.offset - len(content))))
        content[step.offset : step.offset + len(step.data)] = step.data
