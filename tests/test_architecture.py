"""The rules of the house hold for every file of ``app/``, and each rule catches what it is for."""

from __future__ import annotations

import ast

import pytest

from tests.support import house_rules, layers
from tests.support.house_rules import Module, modules
from tests.support.server import ROOT

RULES = (*house_rules.RULES, *layers.RULES)
APP = modules(ROOT)
SUBMITS = "@on('send', Send, Sent)\ndef handle(connection, payload):\n    store.submit(send)"
LONG = "def long():\n    '''Too much.'''\n" + "    x = 1\n" * 51


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: house_rules.Rule) -> None:
    broken = [sentence for module in APP for sentence in rule(module)]
    assert not broken, "\n".join(broken)


def test_wire_names_of_server_events_are_written_once() -> None:
    names = house_rules.server_events(APP)
    assert {"new_message", "message:new", "user_offline", "session_ended", "ready"} <= names
    broken = list(house_rules.wire_names_are_written_once(APP))
    assert not broken, "\n".join(broken)


def test_nothing_is_imported_in_a_circle() -> None:
    broken = [*layers.folders_form_no_circle(APP), *layers.files_form_no_circle(APP)]
    assert not broken, "\n".join(broken)


def test_exceptions_to_the_layers_that_are_not_needed_are_taken_out() -> None:
    assert not (broken := list(layers.knots_without_need(APP))), "\n".join(broken)


def test_every_folder_and_file_has_its_place_in_the_order() -> None:
    placed = [name for names in layers.ORDER for name in names]
    assert len(placed) == len(set(placed))
    assert {module.parts[1] for module in APP} == set(placed)
    inside = {module.parts[2] for module in APP if module.parts[1] == "transport"} - {"__init__"}
    assert inside == {name for names in layers.TRANSPORT_ORDER for name in names}


def test_half_of_all_functions_are_short() -> None:
    assert house_rules.median_length(APP) <= house_rules.MEDIAN_FUNCTION


def test_exceptions_that_nobody_needs_any_more_are_taken_out() -> None:
    paths = {module.path for module in APP}
    sources = {module.path: module.source for module in APP}
    for extra in house_rules.MORE_FILES:
        assert f"app/{extra}.py" in paths, extra
    assert house_rules.MORE_FILES.keys() >= house_rules.OFFERED
    for path, schema, field in house_rules.PEOPLE_IN_PAYLOADS:
        assert f"class {schema}(" in sources[path], schema
        assert f"    {field}: " in sources[path], field
    for path in house_rules.MAY_EMIT | house_rules.MAY_SPEND:
        assert path in paths, path
    assert house_rules.HOMONYMS.keys() <= house_rules.server_events(APP)


def test_every_feature_is_known_to_the_rules() -> None:
    """A new folder of ``app/`` is a feature, or one of those that stand below or beside them."""
    folders = {module.parts[1] for module in APP if len(module.parts) > 2}
    assert folders == {*house_rules.FEATURES, *house_rules.LAYERS}


# --- each rule catches a planted violation, and lets its neighbour pass

PLANTED = [
    ("only_the_publisher_speaks", "app/messages/commands.py", "socketio.emit('x', {})"),
    ("only_the_publisher_speaks", "app/realtime/lifecycle.py", "server.emit('x')"),
    ("only_the_store_writes", "app/messages/commands.py", "session.commit()"),
    ("only_the_store_writes", "app/messages/thread.py", "with engine.begin(): pass"),
    ("only_the_store_writes", "app/accounts/queries.py", "db.session.get(User, 1)"),
    ("only_the_store_writes", "app/operations/health.py", "import sqlite3"),
    ("only_the_store_writes", "app/sync/queries.py", "create_engine('sqlite://')"),
    ("transports_hold_no_query", "app/messages/api.py", "from sqlalchemy import select"),
    ("transports_hold_no_query", "app/sync/sockets.py", "session.execute(statement)"),
    ("transports_hold_no_query", "app/products/pages.py", "session.scalars(x).all()"),
    ("limits_are_declared", "app/messages/api.py", "limits.spend('write', actor().user_id)"),
    ("limits_are_declared", "app/accounts/signing_in.py", "from app.limits import spend\nspend('x')"),
    ("limits_are_declared", "app/messages/thread.py", "terms(mark_read).spend(actor)"),
    ("limits_are_declared", "app/lessons/pages.py", "store.write(commands.create_lesson, actor, given)"),
    ("limits_are_declared", "app/messages/sockets.py", SUBMITS),
    ("features_do_not_know_transports", "app/sync/queries.py", "from app.messages import api"),
    ("features_do_not_know_transports", "app/sync/api.py", "from app.messages.sockets import typing"),
    ("features_do_not_know_transports", "app/messages/commands.py", "from app.messages.api import api"),
    ("features_do_not_know_transports", "app/sync/api.py", "import app.accounts.passwords"),
    ("the_ground_floor_knows_no_feature", "app/store/store.py", "from app.messages import models"),
    ("the_ground_floor_knows_no_feature", "app/realtime/event.py", "import app.products.queries"),
    ("the_ground_floor_knows_no_feature", "app/http/rest.py", "from app.accounts.bearer import actor"),
    ("the_ground_floor_knows_no_feature", "app/web/page_data.py", "from app.contacts import queries"),
    ("features_have_the_fixed_files", "app/messages/services.py", ""),
    ("features_have_the_fixed_files", "app/lessons/cookies.py", ""),
    ("nobody_says_who_they_are", "app/messages/schemas.py", "class Send(Input):\n    sender_id: Id"),
    ("nobody_says_who_they_are", "app/sync/schemas.py", "class Sync(Input):\n    user_id: Id = 1"),
    ("files_are_short", "app/messages/commands.py", "x = 1\n" * 301),
    ("no_function_is_long", "app/messages/commands.py", LONG),
    ("public_things_are_explained", "app/messages/commands.py", "def send(): pass"),
    ("public_things_are_explained", "app/http/json.py", "'''J.'''\nclass A:\n    '''A.'''\n    def b(self): pass"),
    ("public_things_are_explained", "app/http/json.py", "x = 1"),
    ("nothing_is_printed_or_left_over", "app/messages/api.py", "print('here')"),
    ("nothing_is_printed_or_left_over", "app/utils.py", ""),
    ("nothing_is_printed_or_left_over", "app/web/forms.py", "from app.errors import *"),
    ("nothing_is_printed_or_left_over", "app/web/forms.py", "x = 1  # TODO: y"),
    ("transport_is_closed", "app/transport/http/worker.py", "from app import counters"),
    ("transport_is_closed", "app/transport/loop/drain.py", "from app.store import store"),
    ("transport_is_closed", "app/transport/loop/tcp.py", "def f():\n    import app.errors"),
    ("nothing_imports_upwards", "app/store/store.py", "from app.realtime.event import Event"),
    ("nothing_imports_upwards", "app/realtime/event.py", "from app.messages import events"),
    ("nothing_imports_upwards", "app/limits.py", "from app.contract import types"),
    ("nothing_imports_upwards", "app/products/queries.py", "from app import create_app"),
    ("nothing_imports_upwards", "app/transport/loop/turns.py", "import app.transport.websocket.frames"),
    ("nothing_imports_upwards", "app/transport/http/handler.py", "from app.transport.engineio import polling"),
]  # fmt: skip
HARMLESS = [
    ("only_the_publisher_speaks", "app/realtime/socketio_server.py", "server.emit('x')"),
    ("only_the_publisher_speaks", "app/messages/commands.py", "emitted = signal.emitted()"),
    ("only_the_store_writes", "app/store/writer/writer.py", "connection.begin().commit()"),
    ("transports_hold_no_query", "app/messages/queries.py", "from sqlalchemy import select"),
    ("transports_hold_no_query", "app/products/pages.py", "from sqlalchemy.orm import Session"),
    ("limits_are_declared", "app/web/forms.py", "terms(command).spend(actor)"),
    ("limits_are_declared", "app/lessons/api.py", "store.write(commands.create_lesson, actor(), body)"),
    ("limits_are_declared", "app/lessons/pages.py", "submit(commands.create_lesson, actor, given)"),
    ("limits_are_declared", "app/messages/sockets.py", SUBMITS.replace("Sent)", "Sent, command=send)")),
    ("features_do_not_know_transports", "app/sync/api.py", "from app.messages import queries"),
    ("features_do_not_know_transports", "app/accounts/pages.py", "from app.accounts import api"),
    ("the_ground_floor_knows_no_feature", "app/features.py", "from app.messages import api"),
    ("the_ground_floor_knows_no_feature", "app/web/page_data.py", "from app.store import store"),
    ("the_ground_floor_knows_no_feature", "app/contacts/pages.py", "from app.contacts import queries"),
    ("features_have_the_fixed_files", "app/accounts/cookies.py", ""),
    ("nobody_says_who_they_are", "app/messages/schemas.py", "class S(Input):\n    recipient_id: Id"),
    ("nobody_says_who_they_are", "app/contract/answers.py", "class Told(View):\n    user_id: int"),
    ("files_are_short", "app/messages/commands.py", "x = 1\n" * 300),
    ("no_function_is_long", "app/messages/commands.py", LONG.replace("    x = 1\n", "", 2)),
    ("public_things_are_explained", "app/http/json.py", "'''J.'''\ndef _mine(): pass"),
    ("nothing_is_printed_or_left_over", "app/messages/api.py", "blueprint = made.print()"),
    ("transport_is_closed", "app/transport/http/worker.py", "from app.transport.loop import tcp"),
    ("transport_is_closed", "app/realtime/rooms.py", "from app import counters"),
    ("nothing_imports_upwards", "app/realtime/event.py", "from app.store.writer.jobs import Job"),
    ("nothing_imports_upwards", "app/store/writer/writer.py", "from app.store.session import WriteSession"),
    ("nothing_imports_upwards", "app/lessons/queries.py", "from app.conversations import access"),
    ("nothing_imports_upwards", "app/transport/http/handler.py", "from app.transport.loop import tcp"),
]  # fmt: skip


def _rule(name: str) -> house_rules.Rule:
    return next(rule for rule in RULES if rule.__name__ == name)


@pytest.mark.parametrize(("name", "path", "source"), PLANTED)
def test_a_planted_violation_is_caught(name: str, path: str, source: str) -> None:
    found = list(_rule(name)(Module(path, source)))
    assert found
    assert all(sentence.startswith(path) for sentence in found)


@pytest.mark.parametrize(("name", "path", "source"), HARMLESS)
def test_what_is_allowed_passes(name: str, path: str, source: str) -> None:
    assert list(_rule(name)(Module(path, source))) == []


def test_every_rule_has_been_seen_to_catch_and_to_pass() -> None:
    names = {rule.__name__ for rule in RULES}
    assert {name for name, *_ in PLANTED} == names == {name for name, *_ in HARMLESS}


def test_a_second_place_for_a_wire_name_is_caught() -> None:
    rule = house_rules.wire_names_are_written_once
    once = Module("app/messages/events.py", "NEW = ServerEvent(MARKETPLACE, 'new_message', New)")
    ready = Module("app/sync/events.py", "READY = on_every_namespace('ready', Ready)")
    homonym = Module("app/operations/health.py", "status = 'ready'")
    twice = Module("app/messages/sockets.py", "publisher.tell(c, 'new_message', {})")
    assert list(rule([once, ready, homonym])) == []
    (sentence,) = rule([once, ready, homonym, twice])
    assert "new_message" in sentence
    assert twice.path in sentence


def test_a_circle_of_folders_is_caught() -> None:
    lessons = Module("app/lessons/queries.py", "from app.contacts.queries import meet")
    contacts = Module("app/contacts/queries.py", "from app.products.queries import one")
    back = Module("app/products/access.py", "from app.lessons.access import access_lesson")
    known = Module("app/messages/access.py", "from app.conversations.access import access")
    and_back = Module("app/conversations/access.py", "from app.messages.models import Message")
    rule = layers.folders_form_no_circle
    assert list(rule([lessons, contacts, known, and_back])) == []
    (sentence,) = rule([lessons, contacts, back])
    assert sentence.startswith("contacts, lessons, products ")


def test_a_circle_of_files_is_caught() -> None:
    one = Module("app/transport/loop/turns.py", "from app.transport.loop import drain")
    package = Module("app/__init__.py", "from app.transport.loop.turns import turns")
    other = Module("app/transport/loop/drain.py", "from app.transport.loop.turns import turns")
    harmless = Module("app/transport/loop/drain.py", "from app import limits")
    limits = Module("app/limits.py", "")
    assert list(layers.files_form_no_circle([one, package, harmless, limits])) == []
    (sentence,) = layers.files_form_no_circle([one, package, other])
    assert sentence.startswith("app.transport.loop.drain, app.transport.loop.turns ")


def test_an_exception_that_is_not_needed_is_caught() -> None:
    missing = set(layers.knots_without_need([]))
    assert len(missing) == len(layers.UPWARD) + len(layers.KNOTS)


def test_long_functions_would_be_noticed() -> None:
    assert house_rules.median_length([Module("app/a.py", LONG)]) > house_rules.MEDIAN_FUNCTION
    (function,) = Module(
        "app/a.py", "def f():\n    '''One\n\n    two.'''\n    return 1"
    ).functions()
    assert isinstance(function, ast.FunctionDef)
    assert house_rules.length(function) == 2
