"""A browser without script: it follows links, fills forms and keeps cookies, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "use"})


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """This element and all in it, in order of the page, templates and what they hold included."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def elements(self) -> Iterator[Node]:
        """The same without what templates hold: for a browser without script that is not there."""
        yield self
        for child in self.children:
            if isinstance(child, Node) and child.tag == "template":
                yield child
            elif isinstance(child, Node):
                yield from child.elements()

    def all(self, tag: str = "", **attributes: str) -> list[Node]:
        """The elements in it with a tag and attributes: ``data_part="x"`` means ``data-part``."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            node
            for node in self.elements()
            if node.tag == (tag or node.tag)
            and all(node.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", **attributes: str) -> Node:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements for {tag} {attributes}"
        return found[0]

    def part(self, name: str) -> Node:
        """The only element in it with this ``data-part``."""
        return self.one(data_part=name)

    def ancestors(self) -> Iterator[Node]:
        """Its parent, and so on up."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def hidden(self) -> bool:
        """Whether a reader does not get to see it."""
        chain = [self, *self.ancestors()]
        return any("hidden" in node.attributes or node.tag == "template" for node in chain)

    @property
    def text(self) -> str:
        """What it says, hidden parts left out, on one line."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif not child.hidden and child.tag not in ("script", "template"):
                yield from child._pieces()
                yield " "

    @property
    def raw(self) -> str:
        """The text directly in it, as it stands."""
        return "".join(child for child in self.children if isinstance(child, str))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("#document", {})
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice: {names}")
        node = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.here.tag != tag:
            self.faults.append(f"</{tag}> closes <{self.here.tag}>")
            return
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parse(html: str) -> tuple[Node, list[str]]:
    """A page as a tree, and what is wrong with its markup."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    if builder.here is not builder.root:
        builder.faults.append(f"<{builder.here.tag}> is never closed")
    return builder.root, builder.faults


class Browser:
    """One person's browser, JavaScript off."""

    def __init__(self, base: str, language: str = "en") -> None:
        self.base = base
        self.http = requests.Session()
        self.http.headers["Accept-Language"] = language
        self.response = requests.Response()
        self.page = Node("#document", {})
        self.faults: list[str] = []

    def open(self, path: str) -> Node:
        """Go to an address."""
        return self._shows(self.http.get(urljoin(self.base, path), timeout=30))

    def follow(self, link: Node) -> Node:
        """Click a link."""
        return self.open(urljoin(self.response.url, link.attributes["href"]))

    def submit(self, form: Node, button: Node | None = None, **values: str) -> Node:
        """Fill a form and send it as a browser would, with the button that is clicked."""
        fields = self.fields_of(form) | values
        if button is not None and "name" in button.attributes:
            fields[button.attributes["name"]] = button.attributes["value"]
        address = urljoin(self.response.url, form.attributes.get("action", ""))
        headers = {"Referer": self.response.url, "Origin": self.base}
        return self._shows(self.http.post(address, data=fields, headers=headers, timeout=30))

    def press(self, button: Node) -> Node:
        """Click a button in its form."""
        form = next(node for node in button.ancestors() if node.tag == "form")
        return self.submit(form, button)

    @staticmethod
    def fields_of(form: Node) -> dict[str, str]:
        """What a form holds before anybody types."""
        values: dict[str, str] = {}
        for node in form.walk():
            name = node.attributes.get("name")
            if name is None or node.tag == "button":
                continue
            if node.tag == "select":
                options = node.all("option")
                chosen = [option for option in options if "selected" in option.attributes]
                values[name] = (chosen or options)[0].attributes["value"]
            elif node.tag == "textarea":
                values[name] = node.raw.removeprefix("\r\n").removeprefix("\n")
            else:
                values[name] = node.attributes.get("value", "")
        return values

    def sign_in(self, email: str, password: str) -> Node:
        """Sign in through the page."""
        page = self.open("/sign-in")
        return self.submit(_form(page, "email"), email=email, password=password)

    @property
    def path(self) -> str:
        """Where one is."""
        return self.response.url.removeprefix(self.base)

    def _shows(self, response: requests.Response) -> Node:
        self.response = response
        self.page, self.faults = parse(response.text)
        return self.page


def _form(page: Node, field_name: str) -> Node:
    forms = [form for form in page.all("form") if form.all(name=field_name)]
    assert len(forms) == 1, f"{len(forms)} forms with {field_name}"
    return forms[0]
