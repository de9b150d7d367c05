"""Untrusted titles and addresses: what a reader sees is what was meant, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.style.encoding import encode_text, safe_url, seen
from tests.lists.samples import add, paper, section, seed

MARKDOWN = MarkdownIt("commonmark", {"linkify": True}).enable(["table", "strikethrough", "linkify"])
assert MARKDOWN.linkify is not None
MARKDOWN.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # as GitHub


def rendered(markdown: str) -> str:
    """The text that a reader sees; raises if anything but text is rendered."""
    [inline] = [t for t in MARKDOWN.parse(f"- x {markdown}") if t.type == "inline"]
    children = inline.children or []
    kinds = {child.type for child in children} - {"text", "text_special"}
    assert not kinds, f"{markdown!r} renders as {kinds}"
    return "".join(child.content for child in children).removeprefix("x").strip()


TITLES = [
    pytest.param("Plain Title: With a Colon", "Plain Title: With a Colon", id="nothing to do"),
    pytest.param("A [b](javascript:x) c", r"A \[b\](javascript:x) c", id="link"),
    pytest.param("snake_case and _em_", r"snake_case and \_em\_", id="underscores"),
    pytest.param("p < 0.05 in <b>", r"p < 0.05 in \<b>", id="tags"),
    pytest.param("a * b *c*", r"a * b \*c\*", id="asterisks"),
    pytest.param("M$^4$I", r"M\$^4\$I", id="formula"),
    pytest.param("AT&T &amp; &co", r"AT&T \&amp; &co", id="entities"),
    pytest.param("`code`", r"\`code\`", id="backticks"),
    pytest.param(r"\alpha \[x\]", r"\alpha \\\[x\\\]", id="backslashes"),
    pytest.param("see https://evil.example/x", r"see https\://evil.example/x", id="bare address"),
    pytest.param(":tada: news", r"\:tada: news", id="emoji code"),
    pytest.param("~~gone~~", r"\~\~gone\~\~", id="strikethrough"),
    pytest.param("a\u200bb\u202ec\nd\x07", "abc d", id="what is not seen"),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_title_is_escaped_no_more_than_needed(title: str, expected: str) -> None:
    assert encode_text(title) == expected


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_rendered_text_is_the_title(title: str) -> None:
    assert rendered(encode_text(title)) == seen(title)


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="[]()*_`<>!|\\&;#~$:ab1 ./hw\n", max_size=30))
def test_rendered_text_is_the_title_for_markup_alone(title: str) -> None:
    assert rendered(encode_text(title)) == seen(title)


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="#>-+=~1.) ab*_", min_size=1, max_size=12))
def test_title_that_opens_a_line_opens_no_block(title: str) -> None:
    tokens = MARKDOWN.parse(encode_text(title, line_start=True))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="|\\`ab ", max_size=20))
def test_title_stays_in_its_cell(title: str) -> None:
    table = f"|a|b|\n|-|-|\n|x {encode_text(title, cell=True)} y|z|\n"
    cells = [t.content for t in MARKDOWN.parse(table) if t.type == "inline"]
    assert len(cells) == 4
    assert cells[3] == "z"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://arxiv.org/abs/2501.00001", "https://arxiv.org/abs/2501.00001"),
        ("http://openaccess.thecvf.com/x_y.html", "http://openaccess.thecvf.com/x_y.html"),
        ("https://doi.org/10.1016/(SICI)1(2)", "https://doi.org/10.1016/%28SICI%291%282%29"),
        ("https://x.org/a|b", "https://x.org/a%7Cb"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://user:secret@x.org/", None),
        ("https://x.org/a b", None),
        ("//x.org/", None),
        ("https://localhost/x", None),
        ("https://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_plain_addresses_are_written(url: str | None, safe: str | None) -> None:
    assert safe_url(url) == safe


def test_title_cannot_open_a_link_in_a_list() -> None:
    name = "vlm-in-mia"
    record = paper(title="Chest X-rays [click here](https://evil.example) | more <img src=x>")
    edit = insert(seed(name), [add(record, section(name, "VLM in Medical image VQA"))])
    [line] = edit.placed[0].lines
    html = MARKDOWN.render(f"|a|b|c|\n|-|-|-|\n{line}\n")
    assert "evil.example<" not in html
    assert 'href="https://evil.example' not in html
    assert "<img" not in html


def test_address_cannot_leave_an_attribute() -> None:
    assert safe_url("https://x.org/a'onclick='x") == "https://x.org/a%27onclick=%27x"
    assert safe_url('https://x.org/a"b') == "https://x.org/a%22b"
