"""The text of a feed, out of its bytes: unpacked, in its real encoding, without foreign text
before its root.

What a feed or a server declares about the encoding is often wrong. Bytes that are valid UTF-8 are
UTF-8, whatever is declared: in another encoding they would be a sequence of unlikely letters.
"""

from __future__ import annotations

import codecs
import re
import zlib

from medvl_watch.errors import SourceError

LARGEST = 50_000_000
"""Bytes after unpacking; more is refused."""
_GZIP = b"\x1f\x8b"
_PROLOG = 8_192
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})")
# What browsers read where the smaller encoding is declared: https://encoding.spec.whatwg.org/#names-and-labels
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ROOT = re.compile(r"<\?xml\s|<(?:rss|feed|(?:rdf:)?RDF|OAI-PMH)(?=[\s>])", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\b|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Control characters and lone surrogates, which XML does not allow.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_BEGINNINGS = (b"\xed", b"\xef\xbf")
"""Bytes with which surrogates, and the letters U+FFFE and U+FFFF, begin."""
# What accents and quotes become. Other pairs, such as an accent before an apostrophe, are words.
_TWICE = re.compile(
    "\u00c3[\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|\u00c2[\u0080-\u00bf]|\u00e2\u20ac|[\u00c4\u00c5][\u0080-\u00bf]"
)


def feed_text(body: bytes, content_type: str, where: str) -> str:
    """The text of a feed without its XML declaration, which names an encoding that it no longer
    has. Raises SourceError for packed bytes that are damaged or too large."""
    body = _unpacked(body, where)
    text = _decoded(body, content_type)
    text = _allowed(text)
    found = _ROOT.search(text[:_PROLOG])
    if found and found.start() and not _PAGE.search(text[: found.start()]):
        text = text[found.start() :]
    return _DECLARATION.sub("", text, count=1)


def _allowed(text: str) -> str:
    """The text with spaces for what XML does not allow. Counting bytes is faster than the
    pattern, and hardly any feed has such letters."""
    raw = text.encode("utf-8", "surrogatepass")
    is_clean = len(raw) == len(raw.translate(None, _CONTROLS)) and not any(
        part in raw for part in _BEGINNINGS
    )
    return text if is_clean else _FORBIDDEN.sub(" ", text)


def _unpacked(body: bytes, where: str) -> bytes:
    """Some servers pack the feed without a `Content-Encoding`, or twice."""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        unpack = zlib.decompressobj(wbits=31)
        try:
            body = unpack.decompress(body, LARGEST)
        except zlib.error as error:
            raise SourceError(
                "the answer is compressed and damaged", where=where,
                remedy="it is tried again next time",
            ) from error  # fmt: skip
        if not unpack.eof:
            what = "too large" if unpack.unconsumed_tail else "cut off"
            raise SourceError(f"the compressed answer is {what}", where=where)
    return body


def _decoded(body: bytes, content_type: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(
                name, "medvl_watch_windows" if name == "utf-8" else "replace"
            )
    for start, name in _UNMARKED:
        if body.lstrip(b" \r\n\t")[:4].startswith(start):
            return body.decode(name, "replace")
    declared = _DECLARED.search(body[:_PROLOG])
    charset = _CHARSET.search(content_type)
    names = [declared.group(1).decode()] if declared else []
    names += [charset.group(1)] if charset else []
    if b"\x1b" in body and (stateful := next(filter(None, map(_stateful, names)), None)):
        return body.decode(stateful, "replace")
    for name in ("utf-8", *filter(None, map(_codec, names))):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "medvl_watch_windows")


def _codec(name: str) -> str | None:
    """The codec for a declared name, the wider one where there is one."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    if known.startswith(("utf-16", "utf-32", "utf-7")):
        return None  # the bytes would begin otherwise
    return _WIDER.get(known, known)


def _stateful(name: str) -> str | None:
    """The codec, if it is one that writes other letters in plain ASCII bytes."""
    codec = _codec(name)
    return codec if codec and codec.startswith(("iso2022", "hz")) else None


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Reads single bytes that are not UTF-8 as Windows-1252: feeds are put together from parts."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("medvl_watch_windows", _as_windows)


def undo_double_encoding(text: str) -> str:
    """`JosÃ©` as `José`: UTF-8 that was read as Windows-1252 and encoded again. A text that is
    not entirely of this kind is returned as it is."""
    if not _TWICE.search(text):
        return text
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _byte(letter: str) -> bytes:
    """The byte that Windows-1252 reads as this letter; it leaves five bytes without one."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
