"""Takes a secret out of a text before a person sees it, or a log, or a pull request."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping

MARK = "***"
"""What stands in the text instead of the secret."""
SHORTEST = 4
"""Characters; no key or token is shorter, and to replace less would garble every text."""
_LIKELY = 8
"""Characters of a value that we take for a secret by its variable's name alone: a shorter one is
rather a flag, and to replace `true` would garble every text."""
_NAMES_OF_SECRETS = re.compile(r"(?:TOKEN|KEY|SECRET|PASSWORD|WEBHOOK|CREDENTIALS?)$")
_PASSWORDS_IN_ADDRESSES = re.compile(r"^[a-z][a-z0-9+.-]*://[^\s/@:]*:([^\s/@]+)@", re.IGNORECASE)
_BASE64 = "[A-Za-z0-9+/_-]"


def redact(text: str, secret: str) -> str:
    """The text with `MARK` for the secret: as it is, percent-encoded (as a whole or in part, in
    either case), and in base64 of either alphabet, also where more was encoded with it, as in
    the header of basic authentication."""
    if len(secret) < SHORTEST:
        return text
    return re.sub("|".join((*_in_base64(secret), _in_address(secret))), MARK, text)


def _in_address(secret: str) -> str:
    """A pattern for the secret itself and for it in an address."""
    return "".join(f"(?:{'|'.join(_written(character))})" for character in secret)


def _written(character: str) -> Iterator[str]:
    """Patterns for a character as it may stand in an address."""
    yield re.escape(character)
    yield "".join(f"%(?i:{byte:02x})" for byte in character.encode("utf-8", "replace"))
    if character == " ":
        yield re.escape("+")


def _in_base64(secret: str) -> Iterator[str]:
    """Patterns for the secret in base64. Three bytes make four characters, so there are three
    forms, by where in the encoded bytes the secret begins; a character at either end that
    depends on a neighbouring byte may be any."""
    data = secret.encode("utf-8", "replace")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        first = before + 1 if before else 0
        partial = bool((before + len(data)) % 3)
        core = encoded[first : len(encoded) - partial]
        either = re.escape(core).replace(r"\+", "(?:[+-]|%2[Bb])").replace("/", "(?:[/_]|%2[Ff])")
        yield f"{_BASE64}{{0,{first}}}{either}{_BASE64}{{0,{int(partial)}}}(?:=|%3[Dd]){{0,2}}"


def secrets_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values of the variables whose names say that they are secret, and the passwords in
    addresses, the longest first."""
    found = {value for name, value in environment.items() if _NAMES_OF_SECRETS.search(name)}
    for value in environment.values():
        found.update(_PASSWORDS_IN_ADDRESSES.findall(value))
    return tuple(sorted((each for each in found if len(each) >= _LIKELY), key=len, reverse=True))


def redact_all(text: str, secrets: Iterable[str]) -> str:
    """The text without any of these secrets, in whichever form they are encoded."""
    for secret in secrets:
        text = redact(text, secret)
    return text
