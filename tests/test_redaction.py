"""A secret is taken out of a text in whatever form it stands there."""

from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.redaction import MARK, redact, secrets_of

SECRET = "sk-Ab9/x+y=z k&7?é~"


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param(quote(SECRET), id="in a path"),
        pytest.param(quote(SECRET, safe=""), id="in a query"),
        pytest.param(quote_plus(SECRET), id="in a form"),
        pytest.param(
            quote(SECRET, safe="").lower().replace("ab9", "Ab9"), id="lower-case percents"
        ),
        pytest.param("".join(f"%{byte:02X}" for byte in SECRET.encode()), id="every byte encoded"),
        pytest.param(base64.b64encode(SECRET.encode()).decode(), id="base64"),
        pytest.param(base64.b64encode(SECRET.encode()).decode().rstrip("="), id="without padding"),
        pytest.param(base64.urlsafe_b64encode(SECRET.encode()).decode(), id="base64 for addresses"),
        pytest.param(
            quote(base64.b64encode(SECRET.encode()).decode(), safe=""), id="base64 in an address"
        ),
    ],
)
def test_no_form_of_it_is_left(form: str) -> None:
    assert redact(f"before {form} between {form} after", SECRET) == (
        f"before {MARK} between {MARK} after"
    )


@pytest.mark.parametrize("before", ["", "u", "us", "user", "x-access-token:"])
@pytest.mark.parametrize("after", ["", ":", ":x", ":xy"])
@pytest.mark.parametrize("secret", [SECRET, "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "four"])
def test_base64_of_more_than_the_secret(before: str, after: str, secret: str) -> None:
    header = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    text = redact(f"Authorization: Basic {header}", secret)
    left = text.removeprefix("Authorization: Basic ")
    assert MARK in left
    assert len(left) <= len(base64.b64encode(f"{before}{after}".encode())) + len(MARK) + 4


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("HTTP 401: the key sk-Ab9 is not valid", id="a piece of it"),
        pytest.param("c2stQWI5", id="base64 of a piece of it"),
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redact(text, SECRET) == text


@pytest.mark.parametrize("secret", ["", "a", "the"])
def test_what_is_too_short_for_a_secret_garbles_nothing(secret: str) -> None:
    assert redact("the key is a the", secret) == "the key is a the"


@given(st.text(min_size=4), st.text(), st.text())
def test_a_secret_never_comes_through(secret: str, before: str, after: str) -> None:
    text = redact(f"{before}{secret}{after}", secret)
    assert MARK in text
    if MARK not in secret and secret not in f"{before}{MARK}{after}":
        assert secret not in text


def test_secrets_are_known_by_name_and_passwords_by_their_place_in_an_address() -> None:
    environment = {
        "GITHUB_TOKEN": "ghs_0123456789",
        "MEDVL_WATCH_LEDGER": "postgresql://watch:long-password@db.example.org/watch?x=a:b@c",
        "HTTPS_PROXY": "http://user@proxy.example.org:8080",
        "HOME": "/home/ada",
    }
    assert secrets_of(environment) == ("ghs_0123456789", "long-password")
