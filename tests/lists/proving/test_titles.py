"""Whatever a title holds: what is placed is seen as it is, by a renderer of its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.style.encoding import seen
from tests.lists.samples import add, paper

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINK = "https://arxiv.org/abs/2201.0000{n}"
FORMATS = {
    "bullet": f"- **Great Work {{n}} on Images**. CVPR 2022. [[paper]({LINK})]\n",
    "plain bullet": f"* Great Work {{n}} on Images. CVPR 2022. [paper]({LINK})\n",
    "linked title": f"1. [Great Work {{n}} on Images]({LINK}), CVPR 2022\n",
    "italics": f"- *Great Work {{n}} on Images* (CVPR 2022) [pdf]({LINK})\n",
    "paragraph": f"**Great Work {{n}} on Images** <br> CVPR 2022 [pdf]({LINK})\n\n",
    "row": f"| Great Work {{n}} on Images | CVPR 2022 | [pdf]({LINK}) |\n",
}
HEAD = {"row": "| Title | Venue | Link |\n|---|---|---|\n"}
WORDS = st.sampled_from(
    (
        *(
            "Reading",
            "Images",
            "of",
            "Chest",
            "*",
            "**",
            "_",
            "__",
            "*all*",
            "_some_",
            "`code`",
            "`",
        ),
        *(
            "[x]",
            "[",
            "]",
            "(",
            ")",
            "](",
            "<b>",
            "<!--",
            "-->",
            "|",
            "\\",
            "\\*",
            "~~old~~",
            "&amp;",
        ),
        *("$x_1$", "#", "1.", "-", "https://evil.example", "T2*", "CT_scan", "![x](y)", "[^1]"),
    )
)


def listing(name: str) -> str:
    return f"# A\n\n{HEAD.get(name, '')}" + "".join(FORMATS[name].format(n=n) for n in range(4))


def shown(text: str) -> str:
    """What a reader sees of a list, without any blanks."""
    inline = [token.children or [] for token in MARKDOWN.parse(text) if token.type == "inline"]
    return "".join("".join(child.content for child in each).replace(" ", "") for each in inline)


@settings(deadline=None, max_examples=150)
@given(st.lists(WORDS, min_size=2, max_size=7), st.sampled_from(sorted(FORMATS)))
def test_a_title_that_is_placed_is_seen_as_it_is(words: list[str], name: str) -> None:
    title = " ".join(["Learning", *words, "Well"])
    before = listing(name)
    edit = insert(before, [add(paper(title=title, code_urls=()), ("A",))])
    if edit.placed:
        assert seen(title).replace(" ", "") in shown(edit.after)
    else:
        assert edit.after == before
        assert edit.refused[0].reason


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Snake_case and _Emphasis_ in T2* Images", id="underscores and asterisks"),
        pytest.param("[Re] Reading Chest Images [Extended]", id="brackets"),
        pytest.param("Pixels < Words | Words > Pixels", id="signs and a pipe"),
        pytest.param("`Prompt` the Model with $x_1$ and C:\\Data", id="code, a formula, a path"),
        pytest.param("**Bold** Claims ~~Struck Out~~ in Radiology", id="whole marks"),
        pytest.param("Images (of a) Chest) (and More", id="parentheses that do not match"),
    ],
)
def test_marks_in_a_title_hinder_no_paper(title: str, name: str) -> None:
    edit = insert(listing(name), [add(paper(title=title, code_urls=()), ("A",))])
    assert [refusal.reason for refusal in edit.refused] == []
    assert title.replace(" ", "") in shown(edit.after)
