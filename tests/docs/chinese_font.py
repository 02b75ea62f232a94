"""A font with the characters of a text and a Chinese name, so that a test needs none of the machine's."""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def write_font(folder: Path, text: str, family: str = "Noto Sans SC") -> Path:
    """Write a font that draws each character as a bar of another height; the folder it is in."""
    characters = sorted(set(text))
    names = [".notdef", *(f"u{ord(it):05X}" for it in characters)]
    glyphs = {}
    for index, name in enumerate(names):
        pen = TTGlyphPen(None)
        corners = [(100, 0), (100, 200 + index % 600), (900, 200 + index % 600), (900, 0)]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(it): name for it, name in zip(characters, names[1:], strict=True)})
    builder.setupGlyf(glyphs)
    wide = {name: it > "\u2e80" for it, name in zip(characters, names[1:], strict=True)}
    builder.setupHorizontalMetrics({name: (1000 if wide.get(name, True) else 500, 100) for name in names})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    folder.mkdir(parents=True, exist_ok=True)
    builder.save(folder / "test.ttf")
    return folder
