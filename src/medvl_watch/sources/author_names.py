"""The authors of an item, however its publisher writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medvl_watch.sources.markup import plain

_DEGREE = re.compile(
    r"(?:(?:M\.?D|Ph\.?\s?D|D\.?Phil|M\.?Sc|B\.?Sc|M\.?S|B\.?S|M\.?A|B\.?A|M\.?P\.?H|Dr\.?P\.?H|M\.?B\.?A|"
    r"M\.?B\.?B\.?S|M\.?B\.?\s?Ch\.?B|MBChB|M\.?Eng|B\.?Eng|M\.?Phil|Sc\.?D|Dr\.?\s?med|D\.?V\.?M|"
    r"D\.?D\.?S|"
    r"D\.?M\.?D|Pharm\.?D|R\.?N|D\.?O|J\.?D|F\.?R\.?C\.?[A-Z]{1,3}|FACR|FRCR|FACS|FACC|FAHA|"
    r"FIEEE|CCRP|Ed\.?D|Psy\.?D|habil|Dipl\.?-?Ing|M\.?R\.?C\.?P|FRS|PD|"
    r"(?:Senior |Life |Student |Graduate Student )?(?:Member|Fellow)|IEEE)\.?)",
)
_INITIALS_ALONE_TOO = frozenset(
    {"MS", "BS", "MA", "BA", "DO", "JD", "RN", "PD", "MD", "M.S.", "M.A.", "M.D."}
)
_SUFFIX = re.compile(r"(?:Jr|Sr|Jnr|Snr)\.?|I{2,3}|IV|2nd|3rd", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_a-zß-öø-ÿ]\.?[ -]?){1,4}")
_SURNAME_INITIALS = re.compile(r"([^\d,;]{2,60}?)\s+((?:[A-Z\u00c0-\u00de]\.?-?){1,4})")
_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "ter",
     "ten", "bin", "ibn", "al", "el", "zu", "af", "av")
)  # fmt: skip
_MARKS = re.compile(r"[*\u2020\u2021\u00a7\u00b6#\u2709\u2217\u00b9\u00b2\u00b3\u2070-\u2079]+")
_NUMBER_BEHIND = re.compile(
    r"(?<=[^\W\d_])[\s.]?\d{1,4}(?:\s?,\s?\d{1,2})*(?=\s*(?:[,;|]|$|and\b|&))"
)
_RAISED = re.compile(r"<(?:\w+:)?sup\b[^<>]*>.{0,60}?</(?:\w+:)?sup>", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|orcid\.org/)[^\s;,]+|[^\s;,]+@[^\s;,]+\.\w+")
_NAME_BEHIND_ADDRESS = re.compile(r"^\s*\S+@\S+\s*\(([^()]+)\)\s*$")
_ASIDE = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]")
_AND_OTHERS = re.compile(
    r"(?:[\s,;&]|\band\b)*(?:\bet\.?\s?al\b\.?|\band\s+(?:\d+\s+)?(?:others|colleagues|more)\b|\u2026|\.\.\.)[\s.]*$",
    re.IGNORECASE,
)
_OTHERS_WORDS = ("et", "other", "colleague", "more", "\u2026", "...")
"""One of them is in what the pattern finds: it takes its time with a long list of names."""
_ONLY_NAMES = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f .,;'-]*")
_LABEL = re.compile(r"^(?:by|authors?(?:\(s\))?\s*:|written by)\s+", re.IGNORECASE)
_TITLE_BEFORE = re.compile(
    r"^(?:(?:Prof|Dr|Mr|Mrs|Ms|Assoc|Assist|PD|Univ)\.?(?:-Ing\.?)?\s+)+(?=\w)"
)
# `Ana M. Cruz`: nothing is to be done, and most names are so.
_WRITTEN_OUT = re.compile(
    r"(?!(?:Prof|Dr|Mr|Mrs|Ms|Assoc|Assist|Univ)\b)[A-Z\u00c0-\u00de][a-z\u00df-\u00ff'-]+"
    r"(?: [A-Z]\.| [A-Z\u00c0-\u00de][a-z\u00df-\u00ff'-]+){0,3}"
    r" [A-Z\u00c0-\u00de][a-z\u00df-\u00ff'-]{2,}"
)
_AND = re.compile(r"\s*,?\s+(?:and|&|und)\s+|\s*&\s*(?=[A-Z])")
_SEPARATORS = re.compile(r"\s[|\u2022\u00b7/]\s|\s?[|\u2022]\s?|\t+|\u3001")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,8}")
_LISTED_AUTHORS = re.compile(
    r"\bAuthors?(?:\(s\))?:\s*(.{3,5000}?)"
    r"(?=\s*(?:$|(?<![,;])\s(?:[A-Z][a-z]+(?:\s[a-z]+)?(?:\(s\))?|DOI|ABSTRACT|TL;DR):))"
)
_FULL_WIDTH = str.maketrans(
    {"\uff1b": ";", "\uff0c": ",", "\u060c": ",", "\u3000": " ", "\uff0e": "."}
)


def authors_of(
    creators: Sequence[str], texts: Sequence[str] = (), *, commas_separate: bool = False
) -> tuple[str, ...]:
    """The authors, each with the given name first (`Ana Cruz`), without degrees and marks.

    One creator may contain them all: with commas, semicolons, line ends, `and`, `Cruz, A.` or
    `Cruz A`. Without creators, the description may name the authors. `Inoda, Toshio` is one
    person, unless it is known that commas separate persons (as in arXiv's feeds).
    """
    creators = [text for one in creators if (text := _cleaned(one))]
    if not creators:
        listed = (_LISTED_AUTHORS.search(plain(text)) for text in texts)
        found = next(filter(None, listed), None)
        creators = [_cleaned(found.group(1))] if found else []
    if len(creators) == 1:
        persons = _persons(creators[0], commas_separate=commas_separate)
        return tuple(name for one in persons if (name := _given_name_first(one)))
    persons = [person for one in creators for person in _persons_of_one(one)]
    names = (_given_name_first(one) for one in persons)
    return tuple(dict.fromkeys(name for name in names if name))


def _cleaned(creator: str) -> str:
    """A creator on one line, without markup, notes and addresses; `;` between lines."""
    text = creator.translate(_FULL_WIDTH)
    if found := _NAME_BEHIND_ADDRESS.match(text):
        text = found.group(1)
    if "<" in text:
        text = _RAISED.sub("", text)
    lines = [line for one in re.split(r"[\r\n]+|<br\s*/?>", text) if (line := plain(one).strip())]
    text = _joined(lines)
    if not _ONLY_NAMES.fullmatch(text):
        text = _ASIDE.sub(" ", _ADDRESS.sub(" ", _MARKS.sub("", text)))
        text = _NUMBER_BEHIND.sub("", text)
    text = _LABEL.sub("", " ".join(text.split()))
    return _without_others(text).strip(" ;,&|")


def _without_others(text: str) -> str:
    """Without `et al.` and the like at the end."""
    if not any(word in text.casefold() for word in _OTHERS_WORDS):
        return text
    return _AND_OTHERS.sub("", text)


def _joined(lines: Sequence[str]) -> str:
    """Lines of one name each with `;` between them; other lines are one text that was wrapped."""
    stripped = [line.strip(" ,;") for line in lines]
    if len(stripped) > 1 and all(
        line.count(",") <= 1 and not line.endswith((" and", "&")) for line in stripped
    ):
        return " ; ".join(re.sub(r"^(?:and|&)\s+", "", line) for line in stripped)
    return " ".join(lines)


def _persons_of_one(creator: str) -> list[str]:
    """The persons in one of several creators: nearly always one."""
    if ";" in creator or _AND.search(creator) or len(_without_degrees(creator)) > 2:
        return _persons(creator, commas_separate=False)
    return [creator]


def _persons(text: str, *, commas_separate: bool) -> list[str]:
    text = _SEPARATORS.sub(";", text)
    if ";" in text:
        parts = [part.strip(" ,") for part in text.split(";")]
        parts = [re.sub(r"^(?:and|&)\s+", "", part) for part in parts if part]
        # A part with several commas is a list of its own: `Ana Cruz, Bo Li; Dora Ek`.
        return [
            person
            for part in parts
            for person in (
                _persons(part, commas_separate=commas_separate)
                if _AND.search(part) or len(_without_degrees(part)) > 2
                else [part]
            )
        ]
    joined = [part for part in _AND.split(text) if part]
    if len(joined) > 1 and all(_is_family_first(part) for part in joined):
        return joined  # `Smith, John and Lee, Kim`, as BibTeX has it
    parts = _without_degrees(", ".join(joined))
    if parts and all(_is_cjk(part) for part in parts):
        return [name for part in parts for name in part.split()]
    return _paired(parts, is_list=commas_separate or len(joined) > 1)


def _paired(parts: list[str], *, is_list: bool) -> list[str]:
    """The persons among the parts between commas, which may be families and given names."""
    families, given = parts[::2], parts[1::2]
    if len(parts) > 1 and all(_INITIALS.fullmatch(_without_suffix(one)) for one in given):
        # `Hines, P. J., Cruz, A.`: names and initials alternate.
        pairs = zip(families, [*given, ""], strict=False)
        return [f"{family}, {initials}".rstrip(", ") for family, initials in pairs]
    if is_list or len(parts) % 2 or not all(_is_one_name(one) for one in families):
        return parts
    if len(parts) == 2:
        return [", ".join(parts)]  # `Inoda, Toshio` is one person
    return [f"{family}, {name}" for family, name in zip(families, given, strict=True)]


def _without_degrees(text: str) -> list[str]:
    """The parts between commas. Degrees are left out, and a suffix joins the name before it."""
    raw = [part.strip() for part in text.split(",") if part.strip()]
    alternate = len(raw) > 1 and all(
        _INITIALS.fullmatch(one) for one in raw[1::2] if not _SUFFIX.fullmatch(one)
    )
    parts: list[str] = []
    for part in raw:
        # Behind a single family name, `MS` are initials: `Smith, MS, Lee, K`.
        are_initials = (
            alternate and part in _INITIALS_ALONE_TOO and parts and _is_one_name(parts[-1])
        )
        if _DEGREE.fullmatch(part) and not are_initials:
            continue
        if _SUFFIX.fullmatch(part) and parts:
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def _is_one_name(text: str) -> bool:
    """Whether it is one word, or a family name with particles (`van der Berg`)."""
    words = [word for word in _without_suffix(text).split() if word.lower() not in _PARTICLES]
    return len(words) <= 1


def _is_family_first(text: str) -> bool:
    """Whether it is one person, as `Cruz, Ana`."""
    family, comma, given = text.partition(",")
    return (
        bool(comma and given.strip())
        and "," not in given
        and (_is_one_name(family) or bool(_INITIALS.fullmatch(given.strip())))
    )


def _is_cjk(text: str) -> bool:
    return all(_CJK.fullmatch(word) for word in text.split())


def _without_suffix(text: str) -> str:
    words = text.split()
    return " ".join(words[:-1]) if len(words) > 1 and _SUFFIX.fullmatch(words[-1]) else text


def _given_name_first(name: str) -> str:
    """`Cruz, Ana` and `Cruz A` as `Ana Cruz` and `A Cruz`; a suffix stays at the end."""
    if _WRITTEN_OUT.fullmatch(name):
        return name
    name = _without_others(_TITLE_BEFORE.sub("", name.strip(" ;,&"))).strip(" ;,&")
    if name.casefold() in {
        "and",
        "others",
        "et al",
        "anonymous",
        "n/a",
        "none",
        "unknown",
        "no author",
    }:
        return ""
    parts = _without_degrees(name)
    if not parts:
        return ""
    words = parts[-1].split()
    while len(words) > 2 and _DEGREE.fullmatch(words[-1]) and words[0].lower() not in _PARTICLES:
        words.pop()
    parts[-1] = " ".join(words)
    core = [_without_suffix(part) for part in parts]
    suffixes = [part[len(bare) :].strip() for part, bare in zip(parts, core, strict=True)]
    spoken = _swapped(core) if len(core) == 2 else _initials_first(" ".join(core))
    return " ".join([spoken, *filter(None, suffixes)])


def _swapped(parts: Sequence[str]) -> str:
    family, given = parts
    return f"{given} {family}"


def _initials_first(name: str) -> str:
    if found := _SURNAME_INITIALS.fullmatch(name):
        return f"{found.group(2)} {found.group(1)}"
    return name
