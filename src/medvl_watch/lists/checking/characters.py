r"""Rules about characters that were damaged on their way: decoded twice, or copied from a PDF.

Text that was saved as UTF-8 and read as Mac Roman or Windows-1252 shows each character as
two to four others. Such a run is recognised by its bytes: it must be whole UTF-8 sequences,
and what comes out must be a character that lists use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from medvl_watch.lists.checking.checked_list import CheckedList
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.lists.proving.changes import TextChange

_PLAUSIBLE = (
    (0x00A0, 0x017F),  # accented Latin letters, signs
    (0x0370, 0x03FF),  # Greek
    (0x2000, 0x206F),  # dashes, quotes, joiners
    (0x20A0, 0x2BFF),  # signs, arrows, mathematics, symbols
    (0x3000, 0x30FF),  # Chinese and Japanese punctuation, kana
    (0x4E00, 0x9FFF),  # Chinese characters
    (0xAC00, 0xD7A3),  # Korean syllables
    (0xFB00, 0xFB06),  # ligatures
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFF00, 0xFFEF),  # full-width forms
    (0x1F000, 0x1FAFF),  # emoji
)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")
_ACCENTS = {
    "\u00b4": "\u0301",
    "\u02ca": "\u0301",
    "\u02c7": "\u030c",
    "\u00a8": "\u0308",
    "\u02dc": "\u0303",
}
"""Accents that stand alone, and the same ones as marks on a letter."""
_SPLIT_ACCENT = re.compile(
    r"(?P<blank>(?<=[A-Za-z]) )?(?P<accent>[\u00b4\u02ca\u02c7\u00a8\u02dc]| ?[\u0300-\u036f])"
    r" ?(?P<letter>[A-Za-z\u0131])"
)
_DOTLESS = "\u0131"
_IN_A_WORD = re.compile(r"[A-Za-z]\Z")
_ACUTE = "\u00b4\u02ca"
"""On many keyboards the accent is taken for an apostrophe (`Alzheimer\u00b4s`, `l\u00b4eau`)."""
_TAKES_ACUTE = frozenset("aeiouyAEIOUYcnszCNSZ")
_ELISIONS = frozenset({"l", "d", "j", "m", "n", "s", "t", "c", "qu", "L", "D"})
_CONTRACTED = re.compile(r"(?:s|t|d|m|ll|re|ve)(?![A-Za-z])")
_LOST = "\ufffd"
_MARK, _GAP = "\ue001", "\ue002"


@cache
def _bytes_of(codec: str) -> dict[str, int]:
    """Which byte each character above ASCII was, in an encoding read by mistake."""
    if codec == "mac_roman":
        return {bytes([byte]).decode("mac_roman"): byte for byte in range(0x80, 0x100)}
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0x100):
        try:
            table[bytes([byte]).decode("cp1252")] = byte
        except UnicodeDecodeError:
            continue
    return table


@cache
def _run_of(codec: str) -> re.Pattern[str]:
    """One or more UTF-8 sequences, as they look when read in that encoding."""
    table = _bytes_of(codec)

    def among(low: int, high: int) -> str:
        return f"[{''.join(re.escape(c) for c, byte in table.items() if low <= byte <= high)}]"

    follow = among(0x80, 0xBF)
    two = among(0xC2, 0xDF) + follow
    three = f"{among(0xE0, 0xEF)}{follow}{{2}}"
    four = f"{among(0xF0, 0xF4)}{follow}{{3}}"
    return re.compile(f"(?:{four}|{three}|{two})+")


def decoded_again(text: str) -> list[tuple[int, int, str]]:
    """Spans that were decoded twice, with what they were meant to be; never overlapping."""
    runs = [
        (*match.span(), meant)
        for codec in ("cp1252", "mac_roman")
        for match in _run_of(codec).finditer(text)
        if (meant := _meant(match[0], codec))
    ]
    found: list[tuple[int, int, str]] = []
    for start, end, meant in sorted(runs, key=lambda run: run[0] - run[1]):
        if not any(a < end and start < b for a, b, _ in found):
            found.append((start, end, meant))
    return sorted(found)


def _meant(run: str, codec: str) -> str:
    """The run read aright, also where it was decoded three times; empty if that makes no sense."""
    table = _bytes_of(codec)
    try:
        meant = bytes(table[char] for char in run).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    again = _run_of(codec).fullmatch(meant)
    if again and (deeper := _meant(meant, codec)):
        return deeper
    return meant if all(_is_plausible(char) for char in meant) else ""


def _is_plausible(char: str) -> bool:
    known = any(low <= ord(char) <= high for low, high in _PLAUSIBLE)
    return known and unicodedata.category(char) not in {"Cn", "Cc", "Co", "Cs"}


def find_decoded_twice(subject: CheckedList) -> Iterator[Finding]:
    """`Visionâ€“Language`, and the replacement character that stands where one was lost."""
    for start, line in subject.open_lines():
        if line.isascii():
            continue
        addresses = _addresses(line)
        found = [each for each in decoded_again(line) if not _is_within(each, addresses)]
        if found:
            shown = ", ".join(f"{line[a:b]} was {meant}" for a, b, meant in found[:3])
            yield Finding(
                line=subject.line_at(start),
                rule="decoded-twice",
                what=f"text was decoded twice: {shown}",
                fix=f"write {_excerpt(line, found)}",
                changes=tuple(TextChange(start + a, start + b, meant) for a, b, meant in found),
            )
        if _LOST in line:
            around = line[max(0, line.index(_LOST) - 20) : line.index(_LOST) + 20].strip()
            yield Finding(
                line=subject.line_at(start),
                rule="decoded-twice",
                what=f"a character was lost: “{around}”",
                fix="write it again",
            )


def find_pdf_characters(subject: CheckedList) -> Iterator[Finding]:
    """Ligatures (`Jeﬀery`) and accents that stand beside their letters: no search finds them."""
    for start, line in subject.open_lines():
        if line.isascii():
            continue
        addresses = _addresses(line)
        found = [
            each
            for each in (*_ligatures(line), *_split_accents(line))
            if not _is_within(each, addresses)
        ]
        if found:
            found.sort()
            yield Finding(
                line=subject.line_at(start),
                rule="pdf-characters",
                what=f"characters as a PDF has them: {_excerpt(line, found, mended=False)}",
                fix=f"write {_excerpt(line, found)}",
                changes=tuple(TextChange(start + a, start + b, meant) for a, b, meant in found),
            )


def _ligatures(line: str) -> Iterator[tuple[int, int, str]]:
    for match in _LIGATURE.finditer(line):
        yield (*match.span(), _LIGATURES[match[0]])


def _split_accents(line: str) -> Iterator[tuple[int, int, str]]:
    for match in _SPLIT_ACCENT.finditer(line):
        mark = match["accent"].strip()
        combining = "\u0300" <= mark <= "\u036f"
        if combining and not match["blank"] and not match["accent"].startswith(" "):
            continue  # a combining mark behind its letter is as it should be
        if not combining and not _is_accent(line, match):
            continue
        letter = "i" if match["letter"] == _DOTLESS else match["letter"]
        meant = unicodedata.normalize("NFC", letter + _ACCENTS.get(mark, mark))
        if len(meant) == 1:
            yield (*match.span(), meant)


def _is_accent(line: str, match: re.Match[str]) -> bool:
    """Whether a sign that can be an apostrophe or a quotation mark is an accent: it stands
    inside a word, and the letter behind it takes it."""
    at = match.start("accent")
    if match["letter"] == _DOTLESS:
        return True
    if match["blank"] or " " in match[0] or not _IN_A_WORD.search(line, 0, at):
        return False
    if match["accent"] not in _ACUTE:
        return True
    head = re.search(r"[A-Za-z]+\Z", line[max(0, at - 40) : at])
    is_elided = head is None or head[0] in _ELISIONS
    return (
        match["letter"] in _TAKES_ACUTE
        and match["letter"].islower()
        and not is_elided
        and not _CONTRACTED.match(line, match.start("letter"))
    )


def _addresses(line: str) -> list[tuple[int, int]]:
    return [(link.url_start, link.url_end) for link in links_in(line)]


def _is_within(found: tuple[int, int, str], spans: list[tuple[int, int]]) -> bool:
    return any(start < found[1] and found[0] < end for start, end in spans)


def _excerpt(line: str, found: list[tuple[int, int, str]], *, mended: bool = True) -> str:
    """The words around the spans, as they are or as they would be."""
    marked, at = "", 0
    for start, end, meant in found:
        marked += (
            f"{line[at:start]}{_MARK}{meant if mended else line[start:end].replace(' ', _GAP)}"
        )
        at = end
    words = [word for word in (marked + line[at:]).split() if _MARK in word]
    shown = [w.replace(_MARK, "").replace(_GAP, " ").strip("_*,.()[]#|\\") for w in words]
    return ", ".join(f"“{each}”" for each in dict.fromkeys(shown[:3]))
