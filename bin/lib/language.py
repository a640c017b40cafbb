"""Holds the language of the docs, docstrings and comments to countable bounds.

    .venv/bin/python bin/lib/language.py                    counts and bounds, as `bin/lint` has them
    .venv/bin/python bin/lib/language.py --list [path …]    every offence, with file and line
    .venv/bin/python bin/lib/language.py --files [path …]   counts per file

A path is a file, or a folder with everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch

import files
import prose
from prose import Sentence
from say import main

# Not rewritten yet: counted and shown, but not held to the bounds. To be emptied, then removed.
NOT_YET: tuple[str, ...] = ()

_DOCS = (
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/*.md",
    "clients/*README.md",
    "examples/*README.md",
)
_PYTHON = ("app/*.py", "bin/*.py", "bench/*.py", "config.py", "gunicorn.conf.py")
_PRONOUN = re.compile(
    r"\b(?:who(?:so)?ever|whom(?:ever)?|what(?:so)?ever|whichever|(?:some|any|every|no)body"
    r"|(?:some|any|every)one|no one)(?:['’]s)?\b",
    re.IGNORECASE,
)
_FIELD_TERM = re.compile(
    r"\bfor everyone\b", re.IGNORECASE
)  # a deletion for everyone, not for oneself
_OPENING = re.compile(
    r"[^\w¤]*(?:what|who|whom|whoever|whomever|whatever|nobody|somebody)\b", re.IGNORECASE
)
_MAX_WORDS = 25
_MAX_SEMICOLONS = 1


@dataclass(frozen=True)
class Offence:
    """A sentence that breaks one rule, and its place."""

    kind: str
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.text}"


@dataclass
class Count:
    """Words, sentences and offences of one or more files."""

    words: int = 0
    sentences: int = 0
    offences: list[Offence] = field(default_factory=list)

    def __add__(self, other: Count) -> Count:
        return Count(
            self.words + other.words,
            self.sentences + other.sentences,
            [*self.offences, *other.offences],
        )

    def number(self, kind: str) -> int:
        """Returns the number of offences of one kind."""
        return sum(offence.kind == kind for offence in self.offences)

    def rates(self) -> dict[str, float]:
        """Returns pronouns per 1,000 words, and openings and long sentences per 100 sentences."""
        return {
            "pronoun": 1000 * self.number("pronoun") / max(self.words, 1),
            "opening": 100 * self.number("opening") / max(self.sentences, 1),
            "long": 100 * self.number("long") / max(self.sentences, 1),
        }


@dataclass(frozen=True)
class Group:
    """One kind of text: the files that hold it, how to read them, and its bounds."""

    patterns: tuple[str, ...]
    sentences: Callable[[str], Iterable[Sentence]]
    bounds: dict[str, float]


GROUPS = {
    "docs": Group(_DOCS, prose.of_markdown, {"pronoun": 2, "opening": 1, "long": 4}),
    "docstrings": Group(_PYTHON, prose.of_docstrings, {"pronoun": 2, "opening": 1, "long": 3}),
    "comments": Group(_PYTHON, prose.of_comments, {"pronoun": 2, "opening": 1, "long": 3}),
}
_LABELS = {
    "pronoun": "pronouns per 1,000 words",
    "opening": "% open with What, Who, Nobody …",
    "long": f"% over {_MAX_WORDS} words or {_MAX_SEMICOLONS} semicolon",
}


def check() -> tuple[bool, str]:
    """Returns whether all files keep the bounds, and the counts when they do not."""
    lines = [
        f"{name}: {rate:.1f} {_LABELS[kind]}, bound {group.bounds[kind]:g}; see bin/lib/language.py --list\n"
        for name, group in GROUPS.items()
        for kind, rate in total(counts(group, files.listed())).rates().items()
        if rate > group.bounds[kind]
    ]
    return not lines, "".join(lines)


def counts(group: Group, names: Iterable[str]) -> dict[str, Count]:
    """Returns the count of each of these files that belongs to the group."""
    return {
        name: count(name, group.sentences(files.text(name)))
        for name in names
        if any(fnmatch(name, pattern) for pattern in group.patterns)
    }


def count(file: str, sentences: Iterable[Sentence]) -> Count:
    """Counts words, sentences and offences. A fragment adds its offences only."""
    result = Count()
    for sentence in sentences:
        if not sentence.fragment:
            result.words += len(sentence.words)
            result.sentences += 1
        result.offences += [Offence(k, file, sentence.line, t) for k, t in _offences(sentence)]
    return result


def total(parts: dict[str, Count]) -> Count:
    """Returns the sum of the counts of several files."""
    return sum(parts.values(), Count())


def _offences(sentence: Sentence) -> Iterator[tuple[str, str]]:
    for pronoun in _PRONOUN.finditer(_FIELD_TERM.sub("", sentence.text)):
        yield "pronoun", f"{pronoun.group()} · {sentence.text}"
    if _OPENING.match(sentence.text) and not _is_label(sentence):
        yield "opening", sentence.text
    if len(sentence.words) > _MAX_WORDS or sentence.text.count(";") > _MAX_SEMICOLONS:
        yield "long", f"{len(sentence.words)} words · {sentence.text}"


def _is_label(sentence: Sentence) -> bool:
    """Whether the sentence heads a column, such as *what it is*, or is a single word."""
    return len(sentence.words) == 1 or (sentence.fragment and sentence.words[0].islower())


def _below(file: str, paths: Iterable[str]) -> bool:
    return any(file == path or file.startswith(f"{path.rstrip('/')}/") for path in paths)


def report(arguments: Sequence[str]) -> int:
    """Prints counts, and with `--list` or `--files` their parts; returns 1 if a bound is broken."""
    paths = [argument for argument in arguments if not argument.startswith("-")]
    chosen = [file for file in files.listed() if not paths or _below(file, paths)]
    for name, group in GROUPS.items():
        parts = counts(group, chosen)
        if "--files" in arguments:
            for file, part in parts.items():
                print(f"  {_line(part)}  {file}")
        if "--list" in arguments:
            print("".join(f"{offence}\n" for offence in total(parts).offences), end="")
        if parts:
            print(f"{name}: {_line(total(parts))}")
    passed, said = check()
    print(f"\nThe bounds are {'kept' if passed else 'broken'}.")
    print(said, end="")
    return 0 if passed else 1


def _line(part: Count) -> str:
    rates = part.rates()
    return (
        f"{part.words:6} words {part.sentences:5} sentences | pronouns {part.number('pronoun'):3} ({rates['pronoun']:4.1f} ‰)"
        f" | openings {part.number('opening'):3} ({rates['opening']:4.1f} %) | long {part.number('long'):3} ({rates['long']:4.1f} %)"
    )


if __name__ == "__main__":
    main(report)
