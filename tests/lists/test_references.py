"""Links that give keys: read as the renderer reads them, written without touching another key."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from medvl_watch.lists.editing.completing import complete
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.lists.parsing.references import plain_key, write_out
from medvl_watch.lists.parsing.regions import Region
from tests.lists.samples import add, paper, published

PAPER = paper(code_urls=())
ADDRESS = "https://arxiv.org/abs/2501.00001"
MARKDOWN = MarkdownIt("commonmark")

DEFINITIONS = (
    "[p1]: https://x.org/1\n[Some  Key]: <https://x.org/2> 'title'\n[3]: https://x.org/3\n"
)
PIECES = (
    *("[paper][p1]", "[[paper]][P1]", "[p1]", "[p1][]", "[nope]", "[a][nope]", "`[p1]`", "[3][3]"),
    *(r"\[p1]", "[some key]", "[p1](https://x.org/9)", "text", "![x][p1]", "[[a][3]]", "**[3]**"),
    *("(", ")", "]", "[^p1]"),
)


def addresses(text: str) -> list[str]:
    """Where the links and images of a text lead, as it renders."""
    inline = [token.children or [] for token in MARKDOWN.parse(text) if token.type == "inline"]
    attributes = [child.attrs for children in inline for child in children]
    return [str(attrs.get("href", attrs.get("src"))) for attrs in attributes if attrs]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_links_are_written_out_as_they_render(pieces: list[str]) -> None:
    line = " ".join(pieces)
    document = parse(f"{DEFINITIONS}\n{line}\n")
    written, references = write_out(line, document.definitions)
    assert addresses(written) == addresses(f"{line}\n\n{DEFINITIONS}")
    for reference in references:
        definition = document.definitions[plain_key(reference.key)]
        assert written[reference.start : reference.end] == definition.address


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("a\n[p]: https://x.org\n", [], id="within a paragraph it is text"),
        pytest.param("a\n\n[p]: https://x.org\n", [2], id="after a blank line"),
        pytest.param("# A\n[p]: https://x.org\n[q]: u\n", [1, 2], id="after a heading and another"),
        pytest.param("```\n\n[p]: https://x.org\n```\n", [], id="in a fence it is code"),
        pytest.param("\n[p]: https://x.org and more\n", [], id="more than an address"),
        pytest.param("\n[^1]: Only for CT.\n", [1], id="a footnote"),
        pytest.param("\n    [p]: https://x.org\n", [], id="indented code"),
    ],
)
def test_definitions_are_found_where_they_stand(text: str, lines: list[int]) -> None:
    regions = parse(text).regions
    assert [n for n, region in enumerate(regions) if region is Region.DEFINITION] == lines


@st.composite
def reference_lists(draw: st.DrawFn) -> str:
    """A list with keys of one manner, and its definitions somewhere."""
    before = draw(st.sampled_from(["", "p", "ref-", "paper "]))
    numbers = draw(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True))
    width = draw(st.sampled_from([0, 2, 3]))
    keys = [f"{before}{number:0{width}d}" for number in numbers]
    entry = draw(
        st.sampled_from(
            [
                "- [Great Work {n} on Medical Images][{key}]. CVPR 2022.\n",
                "- **Great Work {n} on Medical Images**. CVPR 2022. [[paper][{key}]]\n",
                "- Great Work {n} on Medical Images. CVPR 2022. [[paper]][{key}]\n",
            ]
        )
    )
    entries = "".join(entry.format(n=n, key=key) for n, key in enumerate(keys))
    lines = [f"[{key}]: https://arxiv.org/abs/2201.{n:05}\n" for n, key in enumerate(keys)]
    other = draw(st.sampled_from(["[P31]: https://x.org/other\n", "[site]: https://x.org/s\n", ""]))
    definitions = "".join([*(lines if draw(st.booleans()) else lines[::-1]), other])
    text = draw(
        st.sampled_from(
            [
                f"# A\n\n{entries}\n{definitions}",
                f"{definitions}\n# A\n\n{entries}",
                f"# A\n\n{entries}\n{definitions}\n# B\n\nSee [p31], [32] and [site].\n",
            ]
        )
    )
    return draw(st.sampled_from([text, text.rstrip("\n"), text.replace("\n", "\r\n")]))


@settings(deadline=None, max_examples=60)
@given(reference_lists())
def test_a_new_key_leads_to_its_paper_and_no_other_key_changes(text: str) -> None:
    edit = insert(text, [add(PAPER, ("A",)), add(published(), ("A",))])
    before, after = parse(text), parse(edit.after)
    for key, definition in before.definitions.items():
        assert after.definitions[key].address == definition.address
    assert [link for link in addresses(edit.after) if link in addresses(text)] == addresses(text)
    assert after.definitions.keys() - before.definitions.keys() == new_keys(after, before)
    if not edit.placed:
        assert edit.after == text
        assert edit.refused
    elif len(edit.placed) == 2:
        assert ADDRESS in addresses(edit.after)
        assert insert(edit.after, [add(PAPER, ("A",))]).after == edit.after


def new_keys(after: Document, before: Document) -> set[str]:
    """The keys of definitions whose lines the list did not have."""
    old = [line.strip() for line in before.lines]
    return {
        key
        for key, definition in after.definitions.items()
        if after.lines[definition.line].strip() not in old
    }


def test_a_list_with_keys_is_placed_at_all() -> None:
    """What the property above allows to be refused is placed in the plain case."""
    lines = "".join(f"- [Great Work {n} on Medical Images][{n}]. CVPR 2022.\n" for n in (1, 2, 3))
    keys = "".join(f"[{n}]: https://arxiv.org/abs/2201.0000{n}\n" for n in (1, 2, 3))
    [placement] = insert(f"# A\n\n{lines}\n{keys}", [add(PAPER, ("A",))]).placed
    assert placement.lines == (
        "- [RadNet: A Vision-Language Model for Chest X-ray Reports][4]. arXiv 2025.",
    )


def test_a_key_that_stands_in_the_text_is_not_defined() -> None:
    lines = "".join(f"- [Great Work {n} on Medical Images][{n}]. CVPR 2022.\n" for n in (1, 2, 3))
    keys = "".join(f"[{n}]: https://arxiv.org/abs/2201.0000{n}\n" for n in (1, 2, 3))
    text = f"# A\n\n{lines}\n{keys}\n# News\n\nWe read [4].\n"
    edit = insert(text, [add(PAPER, ("A",))])
    assert edit.after == text
    assert [r.reason for r in edit.refused] == [
        "[4], which stands in the list, would become a link"
    ]


def test_an_entry_with_keys_keeps_them_when_it_is_completed() -> None:
    text = (
        "# A\n\n"
        "- **Great Work 1 on Images**. arXiv 2022. [[paper][p1]] [[code][c1]]\n"
        "- **Great Work 2 on Images**. arXiv 2022. [[paper][p2]]\n"
        "- **Great Work 3 on Images**. arXiv 2022. [[paper][p3]] [[code][c3]]\n\n"
        "[p1]: https://arxiv.org/abs/2201.00001\n[c1]: https://github.com/a/b1\n"
        "[p2]: https://arxiv.org/abs/2201.00002\n"
        "[p3]: https://arxiv.org/abs/2201.00003\n[c3]: https://github.com/a/b3\n"
    )
    known = paper(
        id="arxiv:2201.00002",
        arxiv_id="2201.00002",
        title="Great Work 2 on Images",
        code_urls=("https://github.com/a/b2",),
    )
    result = complete(text, [known])
    [done] = result.done
    assert done.lines == ("- **Great Work 2 on Images**. arXiv 2022. [[paper][p2]] [[code][c2]]",)
    assert "\n[c3]: https://github.com/a/b3\n[c2]: https://github.com/a/b2\n" in result.after


def test_a_refusal_for_keys_without_an_order_has_the_entry_with_its_address() -> None:
    keys = ("park", "stone", "wei")
    lines = "".join(f"- [Great Work on {k} and Images][{k}]. CVPR 2022.\n" for k in keys)
    definitions = "".join(
        f"[{k}]: https://arxiv.org/abs/2201.0000{n}\n" for n, k in enumerate(keys)
    )
    [refusal] = insert(f"# A\n\n{lines}\n{definitions}", [add(PAPER, ("A",))]).refused
    assert refusal.draft == (
        f"- [RadNet: A Vision-Language Model for Chest X-ray Reports]({ADDRESS}). arXiv 2025."
    )
