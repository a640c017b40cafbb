"""The order of the layers of ``app/``, and the rules that nothing imports upwards or in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from tests.support.house_rules import FEATURES, Module

# From the ground up. A file imports from layers below its own; within a layer, features alone know
# one another.
ORDER = (
    ("transport", "actor", "counters", "errors"),
    ("limits", "store"),
    ("contract",),
    ("realtime",),
    ("extensions",),
    ("http",),
    ("web",),
    FEATURES,
    ("demo",),
    ("operations",),
    ("features",),
    ("protocol", "__init__"),
)
# Inside app/transport, which imports nothing of Palabre beyond itself.
TRANSPORT_ORDER = (("loop",), ("websocket",), ("engineio", "http"))

# Imports that run upwards, by file and folder, each with its reason. There are none.
UPWARD: dict[tuple[str, str], str] = {}
# Features that know one another in a circle, because of the domain itself: a conversation shows its
# last message and its product, a message changes its conversation, a product's page lists both.
KNOTS = {frozenset({"conversations", "messages", "products"})}

Graph = Mapping[str, Iterable[str]]


def transport_is_closed(module: Module) -> Iterator[str]:
    """``app/transport`` is bytes and protocols: it imports nothing of Palabre beyond itself."""
    if module.parts[1] == "transport":
        for line, name in _of_app(module):
            if name[1] != "transport":
                yield f"{module.path}:{line} imports {'.'.join(name)}: transport is closed"


def nothing_imports_upwards(module: Module) -> Iterator[str]:
    """A file imports from its own folder and from layers below, in the order written down here."""
    for line, name in _of_app(module):
        within = module.parts[1] == name[1] == "transport" and len(name) > 2
        if within and _runs_upwards(TRANSPORT_ORDER, module.parts[2], name[2]):
            yield f"{module.path}:{line} imports {'.'.join(name)} from a folder that is not below"
        upwards = _runs_upwards(ORDER, module.parts[1], name[1])
        if upwards and (module.path, name[1]) not in UPWARD:
            yield f"{module.path}:{line} imports {'.'.join(name)} from a layer that is not below"


def _runs_upwards(order: tuple[tuple[str, ...], ...], importer: str, imported: str) -> bool:
    if importer == imported:
        return False
    height = {name: number for number, names in enumerate(order) for name in names}
    if importer in FEATURES and imported in FEATURES:
        return False
    return height[imported] >= height[importer]


def _of_app(module: Module) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the imports from ``app``, with their lines; those of ``app`` itself as its __init__."""
    boxes = set(chain(*ORDER))
    for line, name in module.imports():
        if name[0] == "app":
            known = len(name) > 1 and name[1] in boxes
            yield line, name if known else ("app", "__init__", *name[1:])


def folders_form_no_circle(modules: list[Module]) -> Iterator[str]:
    """Features form no circle, save :data:`KNOTS`; imports in :data:`UPWARD` are not counted."""
    for knot in _knots(_folders(modules)):
        if not any(knot <= allowed for allowed in KNOTS):
            yield f"{', '.join(sorted(knot))} import one another in a circle"


def files_form_no_circle(modules: list[Module]) -> Iterator[str]:
    """No two files import each other, directly or through others."""
    for knot in _knots(_files(modules)):
        yield f"{', '.join(sorted(knot))} import one another in a circle"


def knots_without_need(modules: list[Module]) -> Iterator[str]:
    """Yields the exceptions that no import needs any more."""
    needed = _knots(_folders(modules))
    for knot in KNOTS:
        if not any(knot <= group for group in needed):
            yield f"{', '.join(sorted(knot))} are no knot any more: change KNOTS"
    upward = {
        (module.path, name[1])
        for module in modules
        for _line, name in _of_app(module)
        if _runs_upwards(ORDER, module.parts[1], name[1])
    }
    for path, folder in UPWARD.keys() - upward:
        yield f"{path} no longer imports app.{folder}: take it out of UPWARD"


def _folders(modules: list[Module]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for module in modules:
        imported = {name[1] for _line, name in _of_app(module)}
        kept = {name for name in imported if (module.path, name) not in UPWARD}
        graph.setdefault(module.parts[1], set()).update(kept - {module.parts[1]})
    return graph


def _files(modules: list[Module]) -> dict[str, set[str]]:
    names = {_dotted(module): module for module in modules}
    graph: dict[str, set[str]] = {}
    for dotted, module in names.items():
        imported = (".".join(name) for _line, name in module.imports())
        # A name is a module, or stands in one.
        files = {name if name in names else name.rpartition(".")[0] for name in imported}
        graph[dotted] = (files & names.keys()) - {dotted}
    return graph


def _dotted(module: Module) -> str:
    return ".".join(module.parts).removesuffix(".__init__")


def _knots(graph: Graph) -> set[frozenset[str]]:
    """Returns the groups of nodes that reach one another."""
    reach = {node: _reachable(graph, node) for node in graph}
    groups = {
        frozenset(other for other in reach[node] if node in reach.get(other, ())) for node in graph
    }
    return {group for group in groups if len(group) > 1}


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        for node in graph.get(ahead.pop(), ()):
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    return seen


RULES = (transport_is_closed, nothing_imports_upwards)
