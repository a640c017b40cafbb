"""The rules of the house, each a function from a module's source to sentences about what breaks it."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.support.features import FEATURES

# The folders that are no feature.
LAYERS = {"contract", "demo", "http", "operations", "realtime", "store", "transport", "web"}
TRANSPORTS = ("api", "sockets", "pages")
SHARED = ("access", "commands", "events", "models", "objects", "queries", "schemas", "sync")
FEATURE_FILES = (*SHARED, *TRANSPORTS, "phrases")

# Files of a feature beyond the fixed names, each with what it is for.
MORE_FILES = {
    "accounts/bearer": "sign-in of REST requests, and the blueprint that asks for it",
    "accounts/cookies": "the pages' cookies, which no other transport has",
    "accounts/passwords": "hashing, off the event loop",
    "accounts/preferences": "language and theme, which work signed in or out",
    "accounts/reader": "recognises the reader of a page",
    "accounts/signing_in": "what the sign-in page shares with the route",
    "accounts/tokens": "what is signed, and how",
    "conversations/cache": "the lists that are kept five minutes",
    "conversations/rows": "conversations as pages show them",
    "conversations/storing": "rows of conversations, which other features' commands store and stamp",
    "conversations/topics": "the things that conversations are about, by kind",
    "conversations/statements": "the SQL of lists and synchronisation, and the ranges it searches",
    "conversations/unread": "how much of all that nobody need count",
    "messages/sending": "the one command that is measured in microseconds",
    "messages/statements": "the SQL of sending, compiled once",
    "messages/rows": "messages as pages show them",
    "messages/thread": "the page of a conversation",
    "sync/catchup": "what a process has missed of another",
}
# Of those, what other features may use.
OFFERED = {"messages/sending", "accounts/bearer", "conversations/cache"}
OFFERED |= {
    "conversations/rows",
    "conversations/storing",
    "conversations/topics",
    "conversations/statements",
    "conversations/unread",
    "messages/thread",
}
# Fields of payloads that name a person, and why they are not who asks.
PEOPLE_IN_PAYLOADS = {
    ("app/conversations/schemas.py", "AddParticipant", "user_id"): "who is brought in",
    ("app/conversations/schemas.py", "ParticipantPath", "user_id"): "who is taken out",
    ("app/products/schemas.py", "FindProducts", "owner_id"): "whose products are looked for",
}
IDENTITIES = {
    "user_id",
    "sender_id",
    "actor_id",
    "owner_id",
    "author_id",
    "created_by",
    "role",
    "sid",
}
IDENTITIES |= {"session_id", "teacher_id", "deleted_by", "blocker_id", "is_admin"}

MAY_EMIT = {
    "app/realtime/publisher.py",
    "app/realtime/socketio_server.py",
    "app/realtime/dispatch.py",
}
# The places that spend the limits which commands, routes and events declare: one a transport.
MAY_SPEND = {
    "app/contract/command.py",
    "app/http/rest.py",
    "app/realtime/dispatch.py",
    "app/web/forms.py",
}
FORM_FILES = ("pages", "preferences")
WRITES = {"commit", "begin", "begin_nested", "rollback"}
ASKS = {"execute", "scalars", "scalar", "flush", "query", *WRITES}
# Names of server events that are other words too.
HOMONYMS = {
    "typing": "the client event of the same name",
    "error": "a word of the logs",
    "ready": "what /readyz says",
    "message_deleted": "a sentence's key in the pages' catalogue",
    "session_ended": "a sentence's key in the pages' catalogue",
}
# Methods that app/realtime/event.py explains, for the events of all features.
EVENT_METHODS = frozenset({"wires", "lists_changed", "expels", "ends_sessions"})
MAX_LINES = 300
MAX_FUNCTION = 50
MEDIAN_FUNCTION = 10


@dataclass(frozen=True)
class Module:
    """One file of the application."""

    path: str  # from the root of the project, "app/messages/api.py"
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.source)

    @property
    def parts(self) -> tuple[str, ...]:
        """("app", "messages", "api")."""
        return Path(self.path).with_suffix("").parts

    @property
    def feature(self) -> str | None:
        """The feature it belongs to."""
        return self.parts[1] if self.parts[1] in FEATURES and len(self.parts) > 2 else None

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.parts[-1]

    def imports(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every imported name: its line, and ("app", "messages", "api", "router")."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield node.lineno, (*node.module.split("."), alias.name)

    def calls(self) -> Iterator[tuple[int, str, bool]]:
        """Every call: its line, the last part of the name, and whether it is a method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Attribute):
                    yield node.lineno, node.func.attr, True
                elif isinstance(node.func, ast.Name):
                    yield node.lineno, node.func.id, False

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


Rule = Callable[[Module], Iterator[str]]


def modules(root: Path) -> list[Module]:
    """The application, its migrations apart: those are never edited."""
    paths = sorted((root / "app").rglob("*.py"))
    return [
        Module(path.relative_to(root).as_posix(), path.read_text())
        for path in paths
        if "versions" not in path.parts
    ]


# --- one voice, one pen, one door


def only_the_publisher_speaks(module: Module) -> Iterator[str]:
    """Emitting is for the publisher, the server under it, and the dispatch of acknowledgements."""
    if module.path not in MAY_EMIT:
        for line, name, method in module.calls():
            if name == "emit" and method:
                yield f"{module.path}:{line} emits: return an event from a command instead"


def only_the_store_writes(module: Module) -> Iterator[str]:
    """Transactions, engines and Flask-SQLAlchemy's session belong to the store."""
    if module.path.startswith("app/store/"):
        return
    for line, name, method in module.calls():
        leaving = (module.path, name) == (
            "app/transport/http/worker.py",
            "begin",
        )  # that of a drain
        if (method and name in WRITES and not leaving) or name in ("create_engine", "sessionmaker"):
            yield f"{module.path}:{line} calls {name}(): only app/store writes"
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "session"
            and _is_name(node.value, "db")
        ):
            yield f"{module.path}:{node.lineno} uses db.session: read and write through app.store"
    for line, imported in module.imports():
        if imported[0] in ("sqlite3", "psycopg"):
            yield f"{module.path}:{line} imports {imported[0]}: only app/store opens databases"


def transports_hold_no_query(module: Module) -> Iterator[str]:
    """A handler parses, calls, and shapes the answer."""
    if module.feature is None or module.name not in TRANSPORTS:
        return
    for line, imported in module.imports():
        if imported[0] == "sqlalchemy" and imported[-1] != "Session":
            yield f"{module.path}:{line} imports {'.'.join(imported)}: write a query or a command"
    for line, name, method in module.calls():
        if method and name in ASKS:
            yield f"{module.path}:{line} calls {name}(): write a query or a command"


def limits_are_declared(module: Module) -> Iterator[str]:
    """A limit is declared with its command, route or event; a form runs its command by ``submit``
    and an event names the command it hands over, so that neither leaves the limit out.
    """
    for line, name, method in module.calls():
        if name == "spend" and module.path not in MAY_SPEND:
            yield f"{module.path}:{line} spends a limit by hand: declare it with the command"
        form = module.feature is not None and module.name in FORM_FILES
        if form and method and name == "write":
            yield f"{module.path}:{line} writes without a limit: submit() the command"
    if module.feature is not None and module.name == "sockets":
        yield from _events_without_command(module)


def _events_without_command(module: Module) -> Iterator[str]:
    for function in module.functions():
        names = {_called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and _is_name(decorator.func, "on"):
                declared = any(keyword.arg == "command" for keyword in decorator.keywords)
                if names & {"submit", "_submit", "write"} and not declared:
                    yield f"{module.path}:{decorator.lineno} declares no command"


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


# --- who may know whom


def features_do_not_know_transports(module: Module) -> Iterator[str]:
    """Features use one another's halves that know no transport."""
    if module.feature is None:
        return
    for line, imported in module.imports():
        if len(imported) < 3 or imported[0] != "app" or imported[1] not in FEATURES:
            continue
        other, name = imported[1], imported[2]
        foreign = other != module.feature
        offered = name in SHARED or f"{other}/{name}" in OFFERED
        if (foreign and not offered) or (name in TRANSPORTS and module.name not in TRANSPORTS):
            yield f"{module.path}:{line} imports app.{other}.{name}, which is not for others"


def the_ground_floor_knows_no_feature(module: Module) -> Iterator[str]:
    """``store``, ``realtime``, ``http`` and ``web`` exist before any feature."""
    if module.parts[1] in ("store", "realtime", "http", "web"):
        for line, imported in module.imports():
            if imported[0] == "app" and len(imported) > 1 and imported[1] in FEATURES:
                yield f"{module.path}:{line} imports the feature {imported[1]}"


def features_have_the_fixed_files(module: Module) -> Iterator[str]:
    """A reader finds things by their name."""
    if module.feature is None or module.name == "__init__":
        return
    if module.name not in FEATURE_FILES and f"{module.feature}/{module.name}" not in MORE_FILES:
        yield (
            f"{module.path} is not one of {', '.join(FEATURE_FILES)}: put it there, or add it to "
            "MORE_FILES with what it is for"
        )


def nobody_says_who_they_are(module: Module) -> Iterator[str]:
    """Identity comes from the connection or the token, never from a payload."""
    if module.feature is None or module.name != "schemas":
        return
    for found in ast.walk(module.tree):
        if isinstance(found, ast.ClassDef):
            for field in found.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    name = field.target.id
                    key = (module.path, found.name, name)
                    if name in IDENTITIES and key not in PEOPLE_IN_PAYLOADS:
                        yield f"{module.path}:{field.lineno} lets a payload say {name}"


def wire_names_are_written_once(found: list[Module]) -> Iterator[str]:
    """The name of a server event stands in its declaration, and nowhere else in Python."""
    names = server_events(found) - HOMONYMS.keys()
    places: dict[str, list[str]] = {}
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and node.value in names:
                places.setdefault(node.value, []).append(f"{module.path}:{node.lineno}")
    for name, where in places.items():
        if len(where) > 1:
            yield f"{name!r} is written at {', '.join(where)}: import its declaration"


def server_events(found: list[Module]) -> frozenset[str]:
    """The names that are declared with ``ServerEvent`` or ``on_every_namespace``."""
    names = set()
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and _is_name(
                node.func, "ServerEvent", "on_every_namespace"
            ):
                names |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return frozenset(name for name in names if isinstance(name, str))


# --- small, plain, explained


def files_are_short(module: Module) -> Iterator[str]:
    """A file over 300 lines wants to be two."""
    lines = module.source.count("\n")
    if lines > MAX_LINES:
        yield f"{module.path} has {lines} lines: more than {MAX_LINES} want to be two files"


def no_function_is_long(module: Module) -> Iterator[str]:
    """Over fifty lines needs a reason."""
    for function in module.functions():
        if length(function) > MAX_FUNCTION:
            yield f"{module.path}:{function.lineno} {function.name} has {length(function)} lines"


def median_length(found: list[Module]) -> float:
    """The median length of all functions."""
    return statistics.median(length(one) for module in found for one in module.functions())


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        text = function.body[0]
        lines -= (text.end_lineno or text.lineno) - text.lineno + 1
    return lines


def public_things_are_explained(module: Module) -> Iterator[str]:
    """Public functions, classes, and methods that do not implement one explained before."""
    explained = {function.name for function in module.functions() if ast.get_docstring(function)}
    if ast.get_docstring(module.tree) is None and module.source.strip():
        yield f"{module.path} does not say what it is"
    for owner in (module.tree, *(n for n in module.tree.body if isinstance(n, ast.ClassDef))):
        if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
            continue
        for node in owner.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                # Flask-WTF's word; and a method that its base class explains.
                of_event = EVENT_METHODS if module.name == "events" else frozenset()
                known = owner is not module.tree and node.name in {*explained, *of_event, "Meta"}
                if not (node.name.startswith("_") or ast.get_docstring(node) or known):
                    yield f"{module.path}:{node.lineno} {node.name} has no docstring"


def nothing_is_printed_or_left_over(module: Module) -> Iterator[str]:
    """No print, no utils, no star imports, no notes to oneself."""
    if module.name in ("utils", "helpers", "common", "misc"):
        yield f"{module.path}: name it after what it does"
    for line, name, method in module.calls():
        if name == "print" and not method and module.path != "app/transport/http/worker.py":
            yield f"{module.path}:{line} prints: use the log"  # the worker, before there is a log
    for line, imported in module.imports():
        if imported[-1] == "*":
            yield f"{module.path}:{line} imports everything"
    for number, text in enumerate(module.source.splitlines(), 1):
        if "# TODO" in text or "# FIXME" in text or "# XXX" in text:
            yield f"{module.path}:{number} is not finished"


def _is_name(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Name) and node.id in names


RULES = (
    only_the_publisher_speaks,
    only_the_store_writes,
    transports_hold_no_query,
    limits_are_declared,
    features_do_not_know_transports,
    the_ground_floor_knows_no_feature,
    features_have_the_fixed_files,
    nobody_says_who_they_are,
    files_are_short,
    no_function_is_long,
    public_things_are_explained,
    nothing_is_printed_or_left_over,
)
