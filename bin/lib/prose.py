"""Extracts sentences from Markdown pages and from docstrings and comments of Python files.

Code blocks, inline code, quoted text, addresses and link targets are left out. A hole (`_HOLE`) marks
where one was, so that the words after it do not become the opening of the sentence.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HOLE = "¤"
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_MEASURED = r"(?s)<!-- measured: written by.*?<!-- measured: end -->"
_FENCE = r"(?ms)^[ >]*(```|~~~).*?^[ >]*\1[^\n]*$"
_INDENTED = r"(?m)(?<=\n\n)(?: {4,}.*\n)+"
_COMMENT = r"(?s)<!--.*?-->"
_CODE = re.compile(r"(?s)(`+)(?!`).+?(?<!`)\1(?!`)")
_QUOTED = re.compile(r'(?s)"[^"]{1,400}"|“[^”]{1,400}”|«[^»]{1,400}»')
_ADDRESS = re.compile(r"<?\bhttps?://[^\s)>]+>?")
_LINK = re.compile(r"(?s)\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"</?[a-zA-Z][^>\n]*>")
_ITEM = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+|:(?:param|returns?|raises)\b[^:]*:\s*)")
_QUOTATION = re.compile(r"\s*>\s?")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|etc|approx|no|St)\.|\b[A-Z]\.)$")
_END = re.compile(r"""[.!?…]["')\]*_”»]*\s+(?=["'(\[*_“«]*[A-Z0-9À-Þ¤])""")
_DIRECTIVE = re.compile(r"#!|#\s*(?:noqa|type:|fmt:|pragma|ruff:|mypy:|-\*-|-{2,})")
_WORDS_OF_A_SENTENCE = 5  # fewer, without a full stop, are a label in a table or a heading


@dataclass(frozen=True)
class Sentence:
    """A sentence and the line on which it begins. A fragment is a label without a full stop."""

    line: int
    text: str
    fragment: bool = False

    @property
    def words(self) -> list[str]:
        """The words outside code and quotes, without numbers."""
        return _WORD.findall(self.text)


def of_markdown(text: str) -> Iterator[Sentence]:
    """Yields the sentences of paragraphs, list items, headings and table cells."""
    for pattern in (_MEASURED, _FENCE, _COMMENT):
        text = re.sub(pattern, _blank, text)
    for line, block, is_label in _blocks(text.split("\n")):
        yield from _sentences(line, block, is_label=is_label)


def of_docstrings(source: str) -> Iterator[Sentence]:
    """Yields the sentences of the docstrings of a module, its classes and its functions."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        written = ast.get_docstring(node, clean=False) or ""
        first = node.body[0].lineno if written else 0
        # Lines before the first word are stripped with the indentation.
        first += written[: len(written) - len(written.lstrip())].count("\n")
        text = inspect.cleandoc(written) + "\n"
        for pattern in (_FENCE, _INDENTED):
            text = re.sub(pattern, _blank, text)
        for line, block, _ in _blocks(text.split("\n")):
            yield from _sentences(first + line - 1, block)


def of_comments(source: str) -> Iterator[Sentence]:
    """Yields the sentences of comments; comments on consecutive lines are one paragraph."""
    for line, block in _paragraphs(_comments(source)):
        yield from _sentences(line, block)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def _hole(match: re.Match[str]) -> str:
    return _HOLE + "\n" * match.group().count("\n")


def _blocks(lines: list[str]) -> Iterator[tuple[int, str, bool]]:
    """The line, the text and whether it is a label, of every paragraph, item, heading and cell."""
    gathered: list[str] = []
    first = 1
    for number, line in enumerate([*lines, ""], start=1):
        line = _QUOTATION.sub("", line) if line.lstrip().startswith(">") else line
        stripped = line.strip()
        alone = stripped.startswith(("#", "|"))
        if gathered and (not stripped or alone or _ITEM.match(line)):
            yield first, "\n".join(gathered), False
            gathered = []
        if alone:
            yield from ((number, cell, True) for cell in _cells(stripped))
        elif stripped:
            first = first if gathered else number
            gathered.append(_ITEM.sub("", line, count=1) if _ITEM.match(line) else stripped)


def _cells(line: str) -> list[str]:
    """The text of a heading, or the cells of a row; bars inside code do not separate cells."""
    if line.startswith("#"):
        return [line.lstrip("#").strip()]
    cells = re.split(r"(?<!\\)\|", _CODE.sub(_hole, line))
    return [cell.strip() for cell in cells if re.search(r"\w", cell)]


def _sentences(line: int, block: str, *, is_label: bool = False) -> Iterator[Sentence]:
    text = _plain(block)
    begin = 0
    for end in [*_ends(text), len(text)]:
        piece = text[begin:end]
        lines_before = text[: begin + len(piece) - len(piece.lstrip())].count("\n")
        sentence = Sentence(line + lines_before, " ".join(piece.split()))
        begin = end
        if sentence.words:
            yield Sentence(sentence.line, sentence.text, is_label and _is_fragment(sentence))


def _is_fragment(sentence: Sentence) -> bool:
    stopped = re.search(r"[.!?…][\W_]*$", sentence.text)
    return not stopped and len(sentence.words) < _WORDS_OF_A_SENTENCE


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if not _ABBREVIATED.search(text[: match.start() + 1]):
            yield match.end()


def _plain(block: str) -> str:
    text = _CODE.sub(_hole, block)
    text = _LINK.sub(lambda match: match.group(1), text)
    for pattern in (_ADDRESS, _TAG, _QUOTED):
        text = pattern.sub(_hole, text)
    return text


def _comments(source: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of each comment that is not for a tool."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not _DIRECTIVE.match(token.string):
            yield *token.start, token.string.lstrip("#: ").rstrip()


def _paragraphs(comments: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, str]]:
    gathered: list[str] = []
    first = last = column_before = 0
    for line, column, text in comments:
        if gathered and (line != last + 1 or column != column_before or not text):
            yield first, "\n".join(gathered)
            gathered = []
        if text:
            first = first if gathered else line
            gathered.append(text)
        last, column_before = line, column
    if gathered:
        yield first, "\n".join(gathered)
