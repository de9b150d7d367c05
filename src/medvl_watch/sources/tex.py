r"""TeX in titles and abstracts as plain text: `$\beta$-VAE` is `β-VAE`, `Erd\H{o}s` is `Erdős`.

What is not understood stays as it is, and so do amounts of money (`from $5 to $10`).
"""

# ruff: noqa: RUF001 - a table of signs holds signs that look like letters

from __future__ import annotations

import re
import unicodedata

_LETTERS = {
    **{
        name: chr(code)
        for code, name in enumerate(
            [
 word for line in (
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi",
  "omicron pi rho varsigma sigma tau upsilon phi chi psi omega",
 ) for word in line.split()],
            start=0x3B1,
        )
    },
    **{
        name: unicodedata.lookup(f"GREEK CAPITAL LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
        for name in (
            *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi"),
            *("Sigma", "Upsilon", "Phi", "Psi", "Omega"),
        )
    },
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "ell": "ℓ",
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "div": "÷", "leq": "≤", "le": "≤", "geq": "≥",
    "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "~", "simeq": "≃", "equiv": "≡",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒",
    "infty": "∞", "partial": "∂", "nabla": "∇", "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩",
    "ldots": "…", "dots": "…", "cdots": "⋯", "circ": "°", "degree": "°", "prime": "′", "star": "⋆",
    "ast": "*", "oplus": "⊕", "otimes": "⊗", "forall": "∀", "exists": "∃", "sum": "∑", "prod": "∏",
    "int": "∫", "sqrt": "√", "propto": "∝", "ll": "≪", "gg": "≫", "mid": "|", "vert": "|",
    "Vert": "‖",
    "langle": "⟨", "rangle": "⟩", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "emptyset": "∅", "perp": "⊥",
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
    "textregistered": "®", "texttrademark": "™", "copyright": "©", "pounds": "£", "euro": "€",
    "textmu": "µ", "textdegree": "°", "textendash": "–", "textemdash": "—", "textquoteright": "’",
    "textasciitilde": "~", "textbackslash": "\\", "textbar": "|", "textless": "<",
    "textgreater": ">",
}  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327",
    "k": "\u0328", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_MATH_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c",
}  # fmt: skip
_MATH = re.compile(
    r"(?<![\\$])\$\$?(?![\s$])([^$]{1,300}?)(?<![\s\\])\$\$?(\d?)|\\\((.{1,300}?)\\\)", re.DOTALL
)
_ACCENT = re.compile(
    r"\{?\\(?:([`'^~=.\"])\s?|([uvHckrdb])(?:\s+(?=[A-Za-z]\b)|(?=\{)))(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))\}?"
)
_DRESS = re.compile(
    r"\\(?:emph|text[a-z]{0,20}|math[a-z]{1,6}|mbox|underline|uppercase|lowercase|boldsymbol|bm|"
    r"operatorname\*?|ensuremath|hbox|textsuperscript|textsubscript|url|mathord|bf|it|rm|sc|tt|em|sf)"
    r"(?:\{([^{}]*)\}|(?=[\s\\])\s?)"
)
_OLD_DRESS = re.compile(r"\{\\(?:bf|it|rm|sc|tt|em|sf|cal|small|large)\s+([^{}]*)\}")
_COMMAND = re.compile(r"\{?\\([A-Za-z]{1,20})\}?(?:\{\})?(\s?)")
_GROUP = re.compile(r"(?<!\\)\{([\w .,:;+*/()-]{1,100})\}")
_ESCAPED = re.compile(r"\\([%&#_${}])")
_SPACING = re.compile(r"\\[,;:! ]|\\q?quad\b|\\-|\\/")
_TIE = re.compile(r"(?<=[A-Za-z.])~(?=[\w\\$])")


def without_tex(text: str) -> str:
    """The text with its TeX as plain letters; text without TeX is returned as it is."""
    if not ("\\" in text or "$" in text or "{" in text or "~" in text):
        return text
    if "$" in text or "\\(" in text:
        text = _MATH.sub(_math, text)
    if "\\" in text or "{" in text:
        text = _text_commands(text)
        for _ in range(3):
            if "{" in text:
                text = _GROUP.sub(r"\1", text)
    if "~" in text:
        text = _TIE.sub(" ", text)
    return unicodedata.normalize("NFC", text)


def _math(found: re.Match[str]) -> str:
    """A formula on one line. A pair of dollars around prose is not one."""
    inner, digit = found.group(1) or found.group(3), found.group(2) or ""
    if digit and not re.search(r"[\\^_]", inner):
        return found.group()  # amounts: `$5-$10`
    words = re.findall(r"(?<![\\A-Za-z])[A-Za-z]{3,}", re.sub(r"\\[a-z]+\{[^{}]*\}", "", inner))
    if len(words) > 2:
        return found.group()
    text = _text_commands(_SPACING.sub("", inner))
    text = re.sub(r"\\(?:left|right|big|Big|bigl|bigr)(?![a-z])", "", text)
    text = re.sub(r"[\^_]\{([^{}]*)\}", r"\1", re.sub(r"[\^_](?=[^{])", "", text))
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", text)
    for _ in range(3):
        text = re.sub(r"(?<!\\)\{([^{}]*)\}", r"\1", text)
    return re.sub(r"[\^_]", "", text) + digit


def _text_commands(text: str) -> str:
    if "\\" not in text:
        return text
    text = _ACCENT.sub(_accented, text)
    for _ in range(3):
        text = _OLD_DRESS.sub(r"\1", _DRESS.sub(lambda found: found.group(1) or "", text))
    for name, mark in _MATH_ACCENTS.items():
        if f"\\{name}" in text:
            text = re.sub(rf"\\{name}\{{?\s?(\w)\}}?", rf"\g<1>{mark}", text)
    text = _COMMAND.sub(_letter, text)
    text = _SPACING.sub(" ", text)
    return _ESCAPED.sub(r"\1", text)


def _accented(found: re.Match[str]) -> str:
    accent = found.group(1) or found.group(2)
    letter = found.group(3) or found.group(4)
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent])


def _letter(found: re.Match[str]) -> str:
    name, space = found.group(1), found.group(2)
    letter = _LETTERS.get(name)
    if letter is None:
        return found.group()
    # White space ends a command and is none of the text, but words of a formula may need it.
    return letter + (space if letter in "×≤≥≠≈→←⇒±∈" else "")
