"""Strict YAML 1.2 reading for plans, knowledge and rules: every value keeps its position, every mistake its place.

Built on libyaml's event stream without recursion, so that neither nesting nor aliases can exhaust anything. Scalars
follow the core schema of YAML 1.2.2, section 10.3.2; tags other than the core ones, merge keys, duplicate keys, keys
that are not text and further documents are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Any, Final, NamedTuple, NoReturn

import yaml

from advisor.patterns import pattern
from advisor.records import dataclass
from advisor.words import Language, Words, say


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a document may ask for. Nodes count an alias as often as it is used."""

    size: int = 1 << 20  # bytes
    depth: int = 32
    nodes: int = 20_000
    scalar: int = 65_536  # characters
    digits: int = 400  # of a whole number
    problems: int = 100  # after so many mistakes, reading stops


class Position(NamedTuple):
    """A place in a file; line and column count from 1, the column in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a file: where it stands, and the words and values that say what it is."""

    file: str
    line: int
    column: int
    path: str  # dotted, `data[0].size`; empty for the document as a whole
    key: str  # in `advisor.words.plan`, or `area.key` in another module
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def message(self, lang: Language) -> str:
        """What is wrong, in one language."""
        values = {name: value.text(lang) if isinstance(value, Words) else value for name, value in self.values.items()}
        return say(lang, self.key if "." in self.key else f"plan.{self.key}", **values)

    def text(self, lang: Language) -> str:
        """The whole line: `file:line:column: path: message`."""
        place = f"{self.file}:{self.line}:{self.column}: "
        return f"{place}{self.path}: {self.message(lang)}" if self.path else place + self.message(lang)


class Unreadable(Exception):  # noqa: N818 - it says what the file is, as the report does
    """A file that cannot be used, with all its problems in the order of their places."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda it: (it.file, it.line, it.column)))
        super().__init__("\n".join(problem.text("en") for problem in self.problems))


Path = tuple[str | int, ...]
# A place: position of the key (none in lists), position of the value, places of what is inside (dict, list or None).
_Place = tuple[Any, Any, Any]


def dotted(path: Path) -> str:
    """The path as people write it: `data[0].size`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{shown(part)}" if text else shown(part)
    return text


_UNSHOWABLE = pattern(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)


def shown(value: object, width: int = 60) -> str:
    """A value of the user's as it may stand in a message: on one line, shortened, nothing that steers a terminal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    text = value[: width + 1] if isinstance(value, str) else str(value)
    text = _UNSHOWABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text if len(text) <= width else text[: width - 1] + "…"


class Document:
    """What a YAML file says, and where it says it."""

    __slots__ = ("_root", "data", "name")

    def __init__(self, data: Any, name: str, root: _Place | None = None) -> None:
        self.data = data
        self.name = name
        self._root = root

    def position(self, path: Path = ()) -> Position:
        """Where the value stands; for a missing one, where its nearest existing parent's key stands."""
        place, found = self._find(path)
        if place is None:
            return Position(1, 1)
        return _position(place[1] if found or place[0] is None else place[0])

    def key_position(self, path: Path) -> Position:
        """Where the key of the value stands (in lists: the value); for a missing one, that of its nearest parent."""
        place, _ = self._find(path)
        if place is None:
            return Position(1, 1)
        return _position(place[1] if place[0] is None else place[0])

    def has(self, path: Path) -> bool:
        """Tell whether the path is written in the document, be its value null."""
        return self._find(path)[1]

    # `at_key` is any object, because type checkers hold unpacked values against every named parameter.
    def problem(self, path: Path, key: str, /, *, at_key: object = False, **values: object) -> Problem:
        """A problem with the value (or the key) at a path."""
        line, column = self.key_position(path) if at_key else self.position(path)
        return Problem(self.name, line, column, dotted(path), key, values)

    def _find(self, path: Path) -> tuple[_Place | None, bool]:
        place = self._root
        for part in path:
            inside = None if place is None else place[2]
            if isinstance(inside, dict):
                nearer = inside.get(part)
            elif isinstance(inside, list) and isinstance(part, int) and 0 <= part < len(inside):
                nearer = inside[part]
            else:
                nearer = None
            if nearer is None:
                return place, False
            place = nearer
        return place, place is not None


def read_document(raw: bytes, name: str, limits: Limits | None = None) -> Document:
    """Read one YAML document. Raises Unreadable with every problem; after a syntax error there is nothing to go on."""
    document, problems = scan_document(raw, name, limits)
    if problems:
        raise Unreadable(problems)
    return document


def scan_document(raw: bytes, name: str, limits: Limits | None = None) -> tuple[Document, list[Problem]]:
    """Read one YAML document with the problems that leave the rest readable: duplicate keys, tags, keys, numbers.

    What a problem names is left out of the data. Raises Unreadable where reading had to stop.
    """
    limits = limits or Limits()
    name = shown(name, 4096)
    text = _decode(raw, name, limits)
    reading = _Reading(text, name, limits)
    try:
        data, root = reading.run()
    except yaml.YAMLError as error:
        reading.problems.append(_syntax_problem(error, text, name, limits))
        raise Unreadable(reading.problems) from None
    return Document(data, name, root), reading.problems


_NOT_TEXT = pattern("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG_DIRECTIVE = pattern(r"^%TAG\b", re.MULTILINE)
_LINE_BREAK = pattern("\r\n|[\n\r\x85\u2028\u2029]")


def _decode(raw: bytes, name: str, limits: Limits) -> str:
    if len(raw) > limits.size:
        raise Unreadable([Problem(name, 1, 1, "", "too-large", {"limit": f"{limits.size:,}"})])
    encoding, start = "utf-8", 0
    if raw.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Unreadable([Problem(name, 1, 1, "", "encoding-utf32", {})])
    if raw.startswith(b"\xef\xbb\xbf"):
        start = 3
    elif raw.startswith(b"\xff\xfe"):
        encoding, start = "utf-16-le", 2
    elif raw.startswith(b"\xfe\xff"):
        encoding, start = "utf-16-be", 2
    try:
        text = raw[start:].decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[start : start + error.start].decode(encoding, "replace")
        values = {
            "encoding": "UTF-8" if start in {0, 3} else "UTF-16",
            "offset": start + error.start,
            "byte": f"0x{raw[start + error.start]:02x}",
        }
        raise Unreadable([Problem(name, *_place_after(before), "", "encoding", values)]) from None
    if bad := _NOT_TEXT.search(text):
        place = _place_after(text[: bad.start()])
        key = "binary" if bad[0] == "\x00" else "control-character"
        raise Unreadable([Problem(name, *place, "", key, {"code": f"U+{ord(bad[0]):04X}"})])
    # libyaml compares every %TAG with all before it: thousands of them would take minutes, and no tag is accepted.
    if directive := _TAG_DIRECTIVE.search(text):
        raise Unreadable([Problem(name, *_place_after(text[: directive.start()]), "", "tag-directive", {})])
    return text


def _place_after(text: str) -> Position:
    breaks = list(_LINE_BREAK.finditer(text))
    return Position(len(breaks) + 1, len(text) - (breaks[-1].end() if breaks else 0) + 1)


def _position(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


_WORDS: Final[dict[str, bool | float | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
} | {sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}  # fmt: skip
_NUMBER = pattern(
    r"([-+]?[0-9]+)|0o([0-7]+)|0x([0-9a-fA-F]+)|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_NUMBER_START: Final = frozenset("0123456789+-.")
_UNSAFE_ESCAPE = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TAGS: Final = {f"tag:yaml.org,2002:{name}": name for name in ("str", "int", "float", "bool", "null", "map", "seq")}

_UNSET: Final = object()  # a mapping waits for its next key
_DROPPED: Final = object()  # the key was refused: its value is read and forgotten
_OPEN: Final = object()  # the anchored collection has not ended
_LIST: Final = object()  # not a mapping


class _TooLongError(Exception):
    """A number with more digits than anybody writes."""


def _plain(text: str, limits: Limits) -> bool | float | str | None:
    """The value of an unquoted scalar by the core schema."""
    if text[:1] in _NUMBER_START and (match := _NUMBER.fullmatch(text)):
        kind = match.lastindex
        if kind == 4:
            return float(text)
        if len(text) > limits.digits:
            raise _TooLongError
        return int(text) if kind == 1 else int(text[2:], 8 if kind == 2 else 16)
    return _WORDS.get(text, text)


def plain_scalar(text: str) -> bool | float | str | None:
    """What a text would be read as without quotes."""
    try:
        return _plain(text, Limits())
    except _TooLongError:
        return None


def _tagged(text: str, kind: str | None, limits: Limits) -> Any:
    """The value of a scalar under a core tag; `_DROPPED` when the text does not fit the tag."""
    if kind == "str":
        return text
    value = _plain(text, limits)
    fits = {
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, (int, float)) and not isinstance(value, bool),
        "bool": isinstance(value, bool),
        "null": value is None,
    }
    if kind is None or not fits.get(kind, False):
        return _DROPPED
    return float(value) if kind == "float" and isinstance(value, int) else value


def _height(value: Any) -> int:
    """Levels of collections in a value. Recursion is bounded by the depth limit that the value already passed."""
    if isinstance(value, dict):
        return 1 + max(map(_height, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_height, value), default=0)
    return 0


class _Reading:
    """One pass over the events of one document."""

    def __init__(self, text: str, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.problems: list[Problem] = []
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.next_event = loader(text).get_event
        # Open collections: what holds each, the places in it, its key there, its anchor, the nodes before it.
        self.stack: list[tuple[Any, Any, Any, str | None, int]] = []
        self.anchors: dict[str, Any] = {}  # name -> (value, places, nodes, height) or _OPEN
        self.nodes = 0

    def report(self, mark: Any, holder: Any, part: Any, key: str, **values: object) -> None:
        """Note a problem with what `part` names in the collection being filled, and go on unless there are many."""
        path = self.path_to(holder, part)
        self.problems.append(Problem(self.name, mark.line + 1, mark.column + 1, path, key, values))
        if len(self.problems) >= self.limits.problems:
            raise Unreadable(self.problems)

    def stop(self, mark: Any, holder: Any, part: Any, key: str, **values: object) -> NoReturn:
        """Note a problem that leaves nothing to go on with."""
        path = self.path_to(holder, part)
        self.problems.append(Problem(self.name, mark.line + 1, mark.column + 1, path, key, values))
        raise Unreadable(self.problems)

    def path_to(self, holder: Any, part: Any) -> str:
        """The dotted path of a key (or the next item) of the innermost open collection."""
        holders = [entry[0] for entry in self.stack[1:]] + ([holder] if self.stack else [])
        parts: list[str | int] = []
        for outer, inner in pairwise(holders):
            if isinstance(outer, dict):
                parts += [name for name, value in outer.items() if value is inner][-1:]
            else:
                parts.append(len(outer) - 1)
        if isinstance(part, str):
            parts.append(part)
        elif part is _LIST and self.stack:
            parts.append(len(holder))
        return dotted(tuple(parts))

    def run(self) -> tuple[Any, _Place | None]:
        """The data and the place of the root; None for an empty document."""
        self.next_event()  # the start of the stream
        if type(self.next_event()) is yaml.StreamEndEvent:
            return None, None
        result = self.read_node()
        self.next_event()  # the end of the document
        event = self.next_event()
        if type(event) is not yaml.StreamEndEvent:
            self.stop(event.start_mark, None, None, "several-documents")
        return result

    # One loop, because a call for each event would double the time of reading.
    def read_node(self) -> tuple[Any, _Place]:  # noqa: PLR0912, PLR0915 - see above
        """Read the root node and all inside it."""
        stack, anchors, next_event, constants = self.stack, self.anchors, self.next_event, _WORDS
        scalar_event, mapping_event, sequence_event = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        max_nodes, max_scalar, max_depth = self.limits.nodes, self.limits.scalar, self.limits.depth
        holder: Any = []  # the collection being filled; at first a list for the root alone
        places: Any = []  # its places, in the same form
        key: Any = _LIST  # in a mapping: the key that waits for its value, _UNSET or _DROPPED
        key_mark: Any = None
        value: Any
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar_event:
                mark = event.start_mark
                text = event.value
                self.nodes += 1
                if self.nodes > max_nodes:
                    self.stop(mark, holder, key, "too-many-nodes", limit=f"{max_nodes:,}")
                if len(text) > max_scalar:
                    self.stop(mark, holder, key, "scalar-too-long", limit=f"{max_scalar:,}")
                plain, quoted = event.implicit
                if plain and text[:1] not in _NUMBER_START:
                    value = constants.get(text, text)
                elif plain or not quoted or event.style == '"':
                    value = self.odd_scalar(event, holder, key)
                else:
                    value = text
                if event.anchor:
                    anchors[event.anchor] = (value, None, 1, 0)
                if key is _UNSET:
                    if type(value) is str and value not in holder and not (plain and value == "<<"):
                        key = value
                    else:
                        key = self.odd_key(value, text, mark, holder, places)
                    key_mark = mark
                    continue
                inside: Any = None
            elif kind is mapping_event or kind is sequence_event:
                mark = event.start_mark
                self.nodes += 1
                if self.nodes > max_nodes:
                    self.stop(mark, holder, key, "too-many-nodes", limit=f"{max_nodes:,}")
                if len(stack) >= max_depth:
                    self.stop(mark, holder, key, "too-deep", limit=max_depth)
                if event.tag is not None and _TAGS.get(event.tag) != ("map" if kind is mapping_event else "seq"):
                    self.report(mark, holder, key, "tag", tag=shown(event.tag))
                value, inside = ({}, {}) if kind is mapping_event else ([], [])
                if key is _UNSET:
                    self.report(
                        mark, holder, None, "key-not-text", value=shown("{…}" if kind is mapping_event else "[…]")
                    )
                if event.anchor:
                    anchors[event.anchor] = _OPEN
            elif kind is yaml.AliasEvent:
                mark = event.start_mark
                value, inside = self.follow(event.anchor, mark, holder, key)
                if key is _UNSET:
                    if type(value) is str and value not in holder:
                        key = value
                    else:
                        key = self.odd_key(value, f"*{event.anchor}", mark, holder, places)
                    key_mark = mark
                    continue
            else:  # a collection ends
                value, inside = holder, places
                holder, places, key, anchor, before = stack.pop()
                if anchor:
                    anchors[anchor] = (value, inside, self.nodes - before + 1, _height(value))
                if not stack:
                    return holder[0], places[0]
                # A collection in the place of a key was refused: the value that follows has no name.
                key = _LIST if key is _LIST else _DROPPED if key is _UNSET else _UNSET
                continue

            if key is _LIST:
                holder.append(None if value is _DROPPED else value)
                places.append((None, mark, inside))
            elif value is not _DROPPED and key is not _DROPPED and key is not _UNSET:
                holder[key] = value
                places[key] = (key_mark, mark, inside)
            if kind is mapping_event or kind is sequence_event:
                stack.append((holder, places, key, event.anchor, self.nodes))
                holder, places = value, inside
                key = _UNSET if kind is mapping_event else _LIST
            elif not stack:
                return holder[0], places[0]
            elif key is not _LIST:
                key = _UNSET

    def odd_scalar(self, event: Any, holder: Any, key: Any) -> Any:
        """The value of a scalar that is a number, double-quoted or tagged; `_DROPPED` with a problem if it has none."""
        text, mark, tag = event.value, event.start_mark, event.tag
        part = key if key is not _UNSET else None
        if event.style == '"' and _UNSAFE_ESCAPE.search(text):
            self.report(mark, holder, part, "control-escape", value=shown(text))
            return _DROPPED
        if tag is None and event.implicit[1] and not event.implicit[0]:
            return text
        try:
            if tag is None:
                return _plain(text, self.limits)
            if tag == "!":
                return text
            value = _tagged(text, _TAGS.get(tag), self.limits)
        except _TooLongError:
            self.report(mark, holder, part, "number-too-long", value=shown(text, 20), limit=self.limits.digits)
            return _DROPPED
        if value is _DROPPED:
            if tag in _TAGS:
                self.report(mark, holder, part, "tag-value", tag=f"!!{_TAGS[tag]}", value=shown(text))
            else:
                self.report(mark, holder, part, "tag", tag=shown(tag))
        return value

    def odd_key(self, value: Any, written: str, mark: Any, holder: Any, places: Any) -> Any:
        """Refuse a key that is no text, a merge key, or there already."""
        if value is _DROPPED:
            return _DROPPED
        if not isinstance(value, str):
            self.report(mark, holder, None, "key-not-text" if written else "key-empty", value=shown(written))
        elif value in holder:
            first = _position(places[value][0])
            values = {"name": shown(value), "line": first.line, "column": first.column}
            self.report(mark, holder, value, "duplicate-key", **values)
        else:
            self.report(mark, holder, None, "merge-key")
        return _DROPPED

    def follow(self, name: str, mark: Any, holder: Any, key: Any) -> tuple[Any, Any]:
        """The value that an alias stands for, and the places inside it."""
        known = self.anchors.get(name)
        part = key if key is not _UNSET else None
        if known is None or known is _OPEN:
            self.report(mark, holder, part, "alias-unknown" if known is None else "alias-recursive", name=shown(name))
            return _DROPPED, None
        value, places, nodes, height = known
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            self.stop(mark, holder, part, "too-many-nodes", limit=f"{self.limits.nodes:,}")
        if len(self.stack) + height > self.limits.depth:
            self.stop(mark, holder, part, "too-deep", limit=self.limits.depth)
        return value, places


_SYNTAX: Final = {
    # libyaml's words -> ours; those with a second word point to where something was opened.
    "mapping values are not allowed in this context": "syntax-colon",
    "could not find expected ':'": "syntax-no-colon",
    "found character that cannot start any token": "syntax-character",
    "found a tab character that violates indentation": "syntax-tab",
    "found a tab character where an indentation space is expected": "syntax-tab",
    "did not find expected key": "syntax-key",
    "did not find expected '-' indicator": "syntax-dash",
    "block sequence entries are not allowed in this context": "syntax-dash-here",
    "did not find expected ',' or '}'": "syntax-brace",
    "did not find expected ',' or ']'": "syntax-bracket",
    "did not find expected node content": "syntax-value",
    "found unexpected end of stream": "syntax-quote",
    "found unknown escape character": "syntax-escape",
    "found invalid Unicode character escape code": "syntax-escape",
    "did not find expected hexdecimal number": "syntax-escape",
    "did not find expected alphabetic or numeric character": "syntax-anchor",
    "found undefined tag handle": "syntax-tag",
    "did not find expected tag URI": "syntax-tag",
    "did not find expected <document start>": "several-documents",
    "found unknown directive name": "syntax-directive",
    "found incompatible YAML document": "syntax-directive",
    "found duplicate %YAML directive": "syntax-directive",
    "exceeded maximum nesting depth": "too-deep",  # libyaml's own limit, met before ours while it looks ahead
}
_AT_CONTEXT: Final = frozenset({"syntax-no-colon", "syntax-quote"})


def _syntax_problem(error: yaml.YAMLError, text: str, name: str, limits: Limits) -> Problem:
    """Our words for what libyaml says, at the place that has to be changed."""
    detail = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    key = _SYNTAX.get(detail, "syntax")
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if key in _AT_CONTEXT and context is not None:
        mark = context
    line, column = _position(mark) if mark is not None else Position(1, 1)
    lines = _LINE_BREAK.split(text)
    here = lines[line - 1] if line <= len(lines) else ""
    before = lines[line - 2] if 1 < line <= len(lines) + 1 else ""
    values: dict[str, object] = {}
    if key == "syntax":
        values = {"detail": shown(detail, 200)}
    elif key == "too-deep":
        values = {"limit": limits.depth}
    elif key == "syntax-character":
        character = here[column - 1 : column]
        if character == "\t" or here[: len(here) - len(here.lstrip())].find("\t") >= 0:
            key, column = "syntax-tab", here.find("\t") + 1
        else:
            values = {"character": shown(character)}
    elif key in {"syntax-brace", "syntax-bracket"} and context is not None:
        opened = _position(context)
        values = {"line": opened.line, "column": opened.column}
    # A full-width colon is what a Chinese keyboard gives; YAML takes it for a letter.
    if key in {"syntax-colon", "syntax-no-colon", "syntax-key"}:
        for number, candidate in ((line, here), (line - 1, before)):
            if (at := candidate.find("：")) >= 0 and ":" not in candidate[:at]:
                return Problem(name, number, at + 1, "", "syntax-fullwidth-colon", {})
    return Problem(name, line, column, "", key, values)
