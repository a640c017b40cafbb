"""Yesterday's backup is restored while clients know of today."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.server import Server, flask
from tests.torture.checker import Report, same_list
from tests.torture.faults import Options, Result
from tests.torture.faults.restore.holders import Holder
from tests.torture.history import Act
from tests.torture.line import rest
from tests.torture.rig import make_server, stop
from tests.torture.state import State
from tests.torture.world import good, make_world

PEOPLE, QUICK_PEOPLE = 50, 8
MESSAGES, QUICK_MESSAGES = 600, 25  # in each part of the story
RESTORES, QUICK_RESTORES = 3, 1
EDIT_CHANCE, DELETE_CHANCE = 0.1, 0.05
RESET = "every client gets reset"
SAME = "and then holds the database's list, nothing else"


@dataclass
class _Story:
    """The steps before, between and after the restores."""

    options: Options
    server: Server
    dice: random.Random
    holders: list[Holder] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    numbers: int = 0
    lost: list[Act] = field(default_factory=list)  # acknowledged, and not in the backup
    resets: int = 0

    def write(self, messages: int) -> list[tuple[Act, dict[str, Any]]]:
        """So many messages over REST, with edits and deletions; the connected hear of them."""
        done = []
        for _ in range(messages):
            done.append(self._send(self._compose()))
            self._change(done)
            if len(done) % 20 == 0:
                self.listen()
        self.listen()
        return done

    def listen(self) -> None:
        """Let every connection receive what was sent."""
        for holder in self.holders:
            holder.listen()

    def _compose(self) -> Act:
        self.numbers += 1
        account = self.dice.choice(self.holders).account
        name = f"{account.user_id}-{self.numbers}"
        place = self.dice.choice(account.conversation_ids)
        return Act(account.user_id, name, place, f"{name} as it was written")

    def _send(self, act: Act) -> tuple[Act, dict[str, Any]]:
        path = f"/conversations/{act.conversation_id}/messages"
        body = {"text": act.text, "client_id": act.client_id}
        answer = good(rest(self.server.port, self._token(act), "POST", path, body))
        return act, answer["message"]

    def _change(self, done: list[tuple[Act, dict[str, Any]]]) -> None:
        act, message = self.dice.choice(done)
        path, fate = f"/messages/{message['id']}", self.dice.random()
        if fate < DELETE_CHANCE:
            rest(self.server.port, self._token(act), "DELETE", path)
        elif fate < DELETE_CHANCE + EDIT_CHANCE:
            body = {"text": f"{act.client_id} again {self.numbers}"}
            rest(self.server.port, self._token(act), "PATCH", path, body)

    def _token(self, act: Act) -> str:
        return next(h.account.token for h in self.holders if h.account.user_id == act.user_id)

    # --- the rules

    def come_back(self) -> None:
        """Every client syncs from its own cursor; none is of this history."""
        for holder in self.holders:
            holder.connect()
            before = holder.cursor
            was_reset = holder.sync()
            self.resets += was_reset
            kind = "hearing" if holder.only_hears else "connected" if holder.by_socket else "asking"
            self.report.expect(RESET, was_reset, f"{kind}, with the cursor {before}")

    def compare(self) -> None:
        """Compare the state of every client with the database."""
        state = State.of(self.server.data_dir)
        self.report.expect("integrity_check is clean", state.integrity == "ok", state.integrity)
        for holder in self.holders:
            wanted = [r for r in state.rows if r.conversation_id in holder.account.conversation_ids]
            same_list(self.report, SAME, holder.rows(), wanted)
            places = [(row.conversation_id, row.seq) for row in holder.rows()]
            twice = len(places) - len(set(places))
            self.report.expect("no seq means two messages", twice == 0, f"{twice} do")

    def retry_lost(self) -> None:
        """Some of what was lost is sent again, twice each, by those who still have it."""
        for act in self.dice.sample(self.lost, min(10, len(self.lost))):
            first, second = self._send(act)[1], self._send(act)[1]
            same = first["id"] == second["id"] and first["text"] == act.text
            self.report.expect("what was lost can be sent again, once", same, f"{first}, {second}")


def run(options: Options) -> Result:
    """Write, back up, write on, restore, come back; and again with the same backup."""
    quick = options.quick
    server = make_server(options).start()
    try:
        story = _begin(options, server, QUICK_PEOPLE if quick else PEOPLE)
        messages = QUICK_MESSAGES if quick else MESSAGES
        restores = QUICK_RESTORES if quick else RESTORES
        copy = _write_and_back_up(story, messages)
        for number in range(1, restores + 1):
            _write_what_will_be_lost(story, messages)
            _restore(story, copy)
            options.say(f"  restored {number} times, {story.resets} resets")
            story.come_back()
            story.compare()
            story.retry_lost()
            story.write(messages)  # under numbers that were given out before
            for holder in story.holders:
                after = holder.sync()
                story.report.expect("nobody is reset twice", not after, str(holder.cursor))
            story.compare()
    finally:
        stop(server)
    return Result(
        "restore",
        f"{restores} restores of one backup, {len(story.holders)} clients, "
        f"{sum(holder.only_hears for holder in story.holders)} of them with older cursors",
        story.report,
        {"messages": f"{story.numbers:,}", "resets": f"{story.resets:,}"},
    )


def _begin(options: Options, server: Server, people: int) -> _Story:
    world = make_world(server.port, people)
    story = _Story(options, server, random.Random(f"{options.seed}:restore"))
    story.holders = [
        Holder(server.port, account, by_socket=number % 3 != 0, only_hears=number % 3 == 2)
        for number, account in enumerate(world.people)
    ]
    for holder in story.holders:
        holder.connect()
        holder.sync()
    return story


def _write_and_back_up(story: _Story, messages: int) -> Path:
    """A part of yesterday, and the copy of it."""
    story.write(messages)
    copy = story.options.folder / "yesterday.db"
    flask("backup", str(copy), DATA_DIR=str(story.server.data_dir))
    return copy


def _write_what_will_be_lost(story: _Story, messages: int) -> None:
    """Some sync once in the middle of it, and hold newer cursors than the backup; some hear it all
    and hold an older one.
    """
    story.lost = [act for act, _ in story.write(messages)]
    for holder in story.holders:
        if not holder.only_hears:
            holder.sync()
    story.lost += [act for act, _ in story.write(10)]
    lost = {act.client_id for act in story.lost}
    for holder in story.holders:
        if holder.only_hears:
            heard = any(row.client_id in lost for row in holder.rows())
            story.report.expect("who asks for nothing has heard what is lost", heard, str(holder))


def _restore(story: _Story, copy: Path) -> None:
    """As docs/self-hosting.md says."""
    story.server.stop()
    for holder in story.holders:
        holder.disconnect()
    flask("restore", str(copy), DATA_DIR=str(story.server.data_dir))
    story.server.start()
