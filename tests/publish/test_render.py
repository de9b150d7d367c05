"""Strangers' text in our Markdown, judged by a Markdown parser: exactly the nodes we meant."""

from __future__ import annotations

import re
import unicodedata

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from medvl_watch.publish import addresses, render
from medvl_watch.publish.characters import clean

GITHUB = MarkdownIt("gfm-like").use(footnote_plugin).use(tasklists_plugin)
assert GITHUB.linkify
# GitHub links neither bare host names, nor addresses with a zero-width space after the @.
GITHUB.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
NASTY = st.text(
    st.sampled_from(
        list("\\`*_{}[]()<>#+-.!|~$&:^=@/'\" \t\n\r0123abcGHwfix\u2028\u202e\u200d\ufe0f")
    )
    | st.characters(),
    max_size=60,
)
PIECES = [
    "@all", "@org/team", "#12", "o/r#1", "GH-3", "fixes", "closes", "deadbeef1", "a@b.co",
    ":smile:", "https://evil.example", "www.evil.example", "mailto:a@b.co", "ftp://e.example",
    "xmpp:a@b", "[^1]", "[^1]:", "[x](y)", "![i](https://e.example/i.png)", "<img>",
    "<!--", "-->", "<details>", "</details>", "`", "``", "```", "~~~", "***", "---", "===", "|",
    "$x$", "$$", "[ ]", "-", "+", "1.", "2)", "#", ">", "&amp;", "&#64;", "\\", "[!NOTE]", ":---",
    "javascript:",
]  # fmt: skip
NASTY_WORDS = st.lists(
    st.sampled_from([*PIECES, "\n", "\r\n", "\u202e", "\u200b"]), max_size=12
).map(" ".join)
STRANGE = NASTY | NASTY_WORDS


def nodes(markdown: str) -> list[Token]:
    """All tokens of a rendered page, the inline ones in the place of their parents."""
    flat: list[Token] = []
    for token in GITHUB.parse(markdown, {}):
        flat += token.children or [] if token.type == "inline" else [token]
    return flat


def words(tokens: list[Token]) -> str:
    """What a reader sees, without the marks that break references."""
    return "".join(token.content for token in tokens if token.type == "text").replace(
        render.ZWSP, ""
    )


def kinds(tokens: list[Token]) -> list[str]:
    """The nodes that are not plain words; a dollar's element counts as words."""
    return [
        token.type
        for token in tokens
        if token.type != "text" and token.content not in {"<span>", "</span>"}
    ]


REFERENCES = re.compile(
    r"@[A-Za-z0-9]|#\d|GH-\d|://|\bwww\.|:[\w+-]+:|\b[0-9a-f]{7,40}\b", re.IGNORECASE | re.ASCII
)
"""What GitHub looks for in text that has been rendered already."""


def assert_dead(tokens: list[Token]) -> None:
    shown = "\n".join(token.content for token in tokens if token.type == "text")
    assert not REFERENCES.search(shown), shown


@given(STRANGE)
@example("1. Not a list")
@example("- [x] <!-- p:arxiv:1 --> not a box")
@example("# Not a heading")
@example("===")
@example("http://a.b/c_(d)")
def test_a_paragraph_is_only_words(text: str) -> None:
    tokens = nodes(f"{render.md_inline(text)}\n")
    expected = clean(text, render.TITLE_LIMIT).text
    assert kinds(tokens) == (["paragraph_open", "paragraph_close"] if expected else [])
    assert words(tokens) == expected
    assert_dead(tokens)


@given(STRANGE)
def test_words_under_a_paragraph_do_not_make_it_a_heading(text: str) -> None:
    tokens = nodes(f"Above\n{render.md_inline(text) or 'x'}\nBelow\n")
    assert {"softbreak", "paragraph_open", "paragraph_close"} == set(kinds(tokens))


@given(STRANGE, STRANGE)
def test_a_checkbox_with_a_link_stays_one(title: str, label: str) -> None:
    line = (
        f"- [x] <!-- p:{render.html_comment_id('doi:10.1/a--b>c')} -->"
        f" **{render.md_link('https://arxiv.org/abs/1', title)}** by {render.md_inline(label)}\n"
        "  - next\n"
    )
    tokens = nodes(line)
    inner = ["strong_open", "link_open", "link_close", "strong_close"]
    assert [kind for kind in kinds(tokens) if kind in inner or "image" in kind] == inner
    assert kinds(tokens).count("html_inline") == 2, "the box and its comment"
    assert kinds(tokens).count("list_item_open") == 2
    shown = clean(title, render.TITLE_LIMIT).text or "untitled"
    assert f"{shown} by {clean(label, render.TITLE_LIMIT).text}".strip() in words(tokens).strip()
    assert_dead(tokens)


@given(STRANGE, STRANGE)
def test_a_table_keeps_its_cells(left: str, right: str) -> None:
    table = (
        "| a | b |\n| --- | --- |\n"
        f"| {render.md_cell(left)} | {render.md_cell(right)} |\n"
        f"| {render.md_code(right)} | x |\n"
    )
    tokens = nodes(table)
    assert kinds(tokens).count("td_open") == 4
    assert kinds(tokens).count("tr_open") == 3
    assert set(kinds(tokens)) <= {
        *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
        *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "code_inline"),
    }
    shown = words([token for token in tokens if token.type == "text"][2:-1])
    assert shown == "".join(
        clean(cell, render.TITLE_LIMIT).text or "\u2013" for cell in (left, right)
    )


@given(STRANGE)
def test_a_code_span_holds_the_words_as_they_are(text: str) -> None:
    tokens = nodes(f"see {render.md_code(text)} there\n")
    assert kinds(tokens) == ["paragraph_open", "code_inline", "paragraph_close"]
    held = next(token.content for token in tokens if token.type == "code_inline")
    expected = clean(text, render.TITLE_LIMIT).text.replace("|", "¦")
    assert held.replace(render.ZWSP, "").strip() == expected.strip()
    assert not re.search(r"@\w", held)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_identifier_cannot_end_its_comment(text: str) -> None:
    encoded = render.html_comment_id(text)
    assert render.read_html_comment_id(encoded) == text
    assert not re.search(r"--|>|<|\s", encoded)


@given(STRANGE)
def test_titles_commits_and_logs_are_one_visible_line(text: str) -> None:
    for encode in (render.title, render.commit_subject, render.commit_line, render.log):
        line = encode(text)
        assert len(line.splitlines()) <= 1
        assert all(
            unicodedata.category(char) not in {"Cc", "Co", "Cs"} and char != "\u202e"
            for char in line
        )
    assert len(render.title(text * 30)) <= render.HEADLINE_LIMIT
    assert len(render.commit_subject(text * 30)) <= render.SUBJECT_LIMIT
    assert not REFERENCES.search(render.commit_subject(text))
    assert not render.log(text).startswith(("::", "##["))


def test_a_dollar_is_kept_from_the_mathematics() -> None:
    assert render.md_inline("$x$") == "<span>$</span>x<span>$</span>"


# --- hidden characters ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown", "removed"),
    [
        ("plain", "plain", 0),
        ("two\n lines\u2028three\ttabs", "two lines three tabs", 0),
        ("\u202eevil\u202c", "evil", 2),
        ("a\u200bb\u200dc\u00add", "abcd", 3),
        ("x\U000e0041\U000e0042", "x", 2),
        ("\u3164\u115f\u2800\uffa0blank", "blank", 4),
        ("heart ❤\ufe0f", "heart ❤\ufe0f", 0),
        ("a\ufe0f", "a", 1),
        ("e\u0301te\u0301", "été", 0),
        ("z" + "\u0335" * 30, "z\u0335\u0335", 28),
        ("\x1b[31mred\x00", "[31mred", 2),
        ("Bézier π 医学 \U0001f9ec", "Bézier π 医学 \U0001f9ec", 0),
    ],
    ids=[
        "nothing", "white space", "bidirectional", "zero width", "tag characters", "blank letters",
        "emoji style", "stray style", "composed", "piled marks", "terminal", "other scripts",
    ],
)  # fmt: skip
def test_what_nobody_sees_is_taken_out_and_counted(text: str, shown: str, removed: int) -> None:
    assert clean(text) == (shown, removed)


@given(st.text())
def test_cleaning_is_done_once(text: str) -> None:
    once = clean(text).text
    assert clean(once) == (once, 0)


# --- addresses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://arxiv.org/abs/2403.17834", "https://arxiv.org/abs/2403.17834"),
        ("http://arxiv.org/abs/1", "https://arxiv.org/abs/1"),
        ("http://elsewhere.example/a", "http://elsewhere.example/a"),
        ("https://e.example/a_(b)?q=<x>#f|g", "https://e.example/a_%28b%29?q=%3Cx%3E#f%7Cg"),
        ("https://e.example/100%/a%20b", "https://e.example/100%25/a%20b"),
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b/issues/1", "https://redirect.github.com/a/b/issues/1"),
        ("https://GitHub.com/a/b/pull/1/", "https://redirect.github.com/a/b/pull/1/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://\u0430rxiv.org/abs/1", "https://xn--rxiv-43d.org/abs/1"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//arxiv.org/abs/1", None),
        ("https://arxiv.org@evil.example/", None),
        ("https://evil.example:8443/", None),
        ("https://127.0.0.1/", None),
        ("https://[::1]/", None),
        ("https://0x7f000001/", None),
        ("https://localhost/", None),
        ("https://e.example/a b", None),
        ("https://e.example/a\nb", None),
        ("https://e.example/\u202ea", None),
        ("https://e.example/" + "a" * 600, None),
        ("https://e.example:99999/", None),
        ("https://", None),
        ("", None),
    ],
)
def test_which_addresses_are_linked(address: str, linked: str | None) -> None:
    assert addresses.safe(address) == linked


@given(st.text() | STRANGE.map(lambda text: f"https://e.example/{text}"))
def test_a_link_is_one_link_or_none(address: str) -> None:
    tokens = nodes(f"- {render.md_link(address, 'label')} end\n")
    destinations = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert len(destinations) <= 1
    assert destinations == [found for found in [addresses.safe(address)] if found]
    assert "image" not in kinds(tokens)


def test_an_unknown_host_stands_beside_its_link() -> None:
    assert render.md_link("https://arxiv.org/abs/1", "x") == "[x](https://arxiv.org/abs/1)"
    link = render.md_link("https://evil.example/1", "x")
    assert link == "[x](https://evil.example/1) (evil.example)"


# --- templates ------------------------------------------------------------------------


def rendered(source: str, **values: object) -> str:
    loader = jinja2.DictLoader({"t": source})
    return render.environment(loader).get_template("t").render(**values)


@pytest.mark.parametrize(
    "source",
    ["{{ text }}", "{{ 'constant' }}", "{{ text | upper }}", "{{ text ~ text }}", "{{ [text] }}",
     "{{ text | md_inline | upper }}", "{{ 1.5 }}", "{{ none }}"],
)  # fmt: skip
def test_a_template_that_forgets_its_encoder_fails(source: str) -> None:
    with pytest.raises(TypeError, match="without an encoder"):
        rendered(source, text="<b>")


def test_a_template_that_misses_a_value_fails() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendered("{{ missing }}")


def test_a_template_prints_encoded_text_and_whole_numbers() -> None:
    source = "{{ text | md_inline }} {{ 3 }} {{ 0.5 | decimal }} {{ 2 | count('paper') }}"
    assert rendered(source, text="<b>") == r"\<b\> 3 0.50 2 papers"


def test_joining_takes_encoded_parts_only() -> None:
    assert render.joined([render.md_inline("a"), render.md_inline("b")]) == "a, b"
    with pytest.raises(TypeError, match="without an encoder"):
        render.joined(["a"])  # type: ignore[list-item]
