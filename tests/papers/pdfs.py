"""Small PDFs, written by hand: pieces of text of a size at a place, or none at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Piece(NamedTuple):
    """Words in points from the page's lower left corner; `up` turns them by 90 degrees."""

    words: str
    size: float
    x: float = 72
    y: float = 700
    up: bool = False


def pdf(*pages: Iterable[Piece], title: str = "") -> bytes:
    """A PDF of these pages in Helvetica; `title` is the one in the file's properties."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
               f"<< /Title ({title}) >>".encode("latin-1")]  # fmt: skip
    kids = []
    for pieces in pages:
        stream = b"\n".join(map(_drawn, pieces))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    return _file(objects)


def column(text: str, size: float, x: float, y: float) -> list[Piece]:
    """Lines of text below each other."""
    return [Piece(line, size, x, y - 1.2 * size * at) for at, line in enumerate(text.split("\n"))]


def _drawn(piece: Piece) -> bytes:
    escaped = piece.words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    matrix = "0 1 -1 0" if piece.up else "1 0 0 1"
    return (f"BT /F1 {piece.size} Tf {matrix} {piece.x} {piece.y} Tm ({escaped}) Tj ET").encode(
        "cp1252"
    )


def _file(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + trailer % (len(objects) + 1, start)
