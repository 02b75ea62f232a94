"""A user's own logo: an SVG or PNG file that can be shown anywhere and can do nothing."""

from __future__ import annotations

import struct
from base64 import b64encode
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from advisor.patterns import pattern
from advisor.plan.source import Problem, Unreadable
from advisor.records import dataclass

LARGEST = 512 * 1024
"""Bytes that a logo may have."""
MOST_ELEMENTS = 2000
"""Of an SVG."""
MOST_PIXELS = 4096
"""Of a side of a PNG: a small file may unpack to gigabytes."""

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_HARMLESS = frozenset({
    "svg", "g", "defs", "title", "desc", "metadata", "style", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "symbol", "use",
})  # fmt: skip
_NOTES = ("http://www.inkscape.org/", "http://sodipodi.sourceforge.net/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
          "http://purl.org/dc/", "http://creativecommons.org/ns#", "http://ns.adobe.com/")  # fmt: skip
"""What drawing programs write beside the drawing; nothing shows it."""
_OUTSIDE = pattern(r"url\s*\(\s*['\"]?\s*[^#'\"\s)]|@import|javascript:|\\")


@dataclass(frozen=True, slots=True)
class Logo:
    """The bytes of a picture file and what they are."""

    data: bytes
    form: Literal["svg", "png"]

    @property
    def address(self) -> str:
        """The picture as a `data:` address, for a page that asks nothing of the outside."""
        kind = "image/svg+xml" if self.form == "svg" else "image/png"
        return f"data:{kind};base64,{b64encode(self.data).decode()}"


def read_logo(file: Path) -> Logo:
    """Read a logo. Raises Unreadable where it is too large, no SVG or PNG, or an SVG that does more than draw."""
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise _refused(file, "cannot-read", reason=error.strerror or str(error)) from None
    if len(data) > LARGEST:
        raise _refused(file, "logo-too-large", most=LARGEST // 1024)
    if data.startswith(_PNG):
        width, height = struct.unpack(">II", data[16:24]) if len(data) >= 33 else (0, 0)
        if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
            raise _refused(file, "logo-pixels", width=width, height=height, most=MOST_PIXELS)
        return Logo(data, "png")
    return Logo(_drawing(file, data), "svg")


def _drawing(file: Path, data: bytes) -> bytes:
    """The SVG, if it holds nothing but shapes, text and colours of its own."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused(file, "logo-form") from None
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise _refused(file, "logo-active", what="<!DOCTYPE>")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - entities cannot be declared without a DOCTYPE
    except (ElementTree.ParseError, ValueError):
        raise _refused(file, "logo-form") from None
    if root.tag != f"{_SVG}svg":
        raise _refused(file, "logo-form")
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS:
        raise _refused(file, "logo-elements", most=MOST_ELEMENTS)
    for element in elements:
        if str(element.tag).removeprefix("{").startswith(_NOTES):
            continue
        name = str(element.tag).removeprefix(_SVG)
        if name not in _HARMLESS or (name == "style" and _OUTSIDE.search(element.text or "")):
            raise _refused(file, "logo-active", what=f"<{name[:40]}>")
        for key, value in element.attrib.items():
            plain = key.rpartition("}")[2].lower()
            if plain.startswith("on") or (plain == "href" and not value.startswith("#")) or _OUTSIDE.search(value):
                raise _refused(file, "logo-active", what=f"{plain[:40]}=")
        if name == "use":
            copied = [it for it in elements if f"#{it.get('id')}" == next(iter(_targets(element)), None)]
            if any(inner.tag == element.tag for it in copied for inner in it.iter()):  # copies of copies have no end
                raise _refused(file, "logo-active", what="<use>")
    return data


def _targets(element: ElementTree.Element) -> list[str]:
    return [value for key, value in element.attrib.items() if key.rpartition("}")[2] == "href"]


def _refused(file: Path, key: str, **values: object) -> Unreadable:
    area = "cli" if key == "cannot-read" else "documents"
    return Unreadable([Problem(str(file), 1, 1, "", f"{area}.{key}", values)])
