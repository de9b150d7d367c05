"""What is rendered by chunks is what the whole file renders to, whatever the file holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.lists.parsing.document import split_lines
from medvl_watch.lists.proving.chunks import chunk_starts
from medvl_watch.lists.proving.comparison import compare
from medvl_watch.lists.proving.entries import rendered_entry
from medvl_watch.lists.proving.hunks import Hunk
from medvl_watch.lists.proving.rendering import Rendering, render

HEADINGS = ("", "# Top", "\n# A", "\n## Section", "\n## 2024\n", "\n### C\n")
"""Most of them with a blank line before them: where chunks may start."""

PIECES = (
    "#no heading",
    "  ## indented",
    "- [Title](https://x.org/1)",
    "* other marker",
    "1. numbered",
    "   - nested",
    "    four blanks",
    "\tcode or more",
    "- ```",
    "- <!--",
    "  lazy or inside",
    "plain text",
    "===",
    "---",
    "|a|b|",
    "|-|-|",
    "|1|2|",
    "> quoted",
    "> - quoted item",
    "```",
    "~~~ python",
    "   ```",
    "<!-- a comment",
    "-->",
    "<!-- whole -->",
    "<details>",
    "<summary>2024</summary>",
    "</details>",
    "<pre>",
    "</pre>",
    "<?php",
    "<b>inline</b> html",
    "[p1]: https://x.org/1",
    '[p2]: https://x.org/2 "a title',
    'that goes on"',
    "> [p3]: <https://x.org/3>",
    "- [x] [paper][p1]",
    "[[paper]][p2] and [p3]",
    "**bold",
    "`code `` <!-- `",
    "a \r b",
    "\u2028",
)
LINES = st.sampled_from(PIECES) | st.sampled_from(HEADINGS)
TEXTS = st.lists(LINES, min_size=5, max_size=25).map(lambda pieces: split_lines("\n".join(pieces)))


def whole(lines: list[str]) -> Rendering:
    """The same, as one chunk."""
    return Rendering(render(lines).lines, [0] if lines else [])


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_chunks_render_to_the_blocks_of_the_whole(lines: list[str]) -> None:
    by_chunks, at_once = render(lines), whole(lines)
    count = len(lines)
    assert [*by_chunks.blocks(0, count)] == [*at_once.blocks(0, count)]
    assert by_chunks.definitions == at_once.definitions


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.data())
def test_an_edit_is_judged_by_chunks_as_by_the_whole(lines: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(lines)), "start")
    end = data.draw(st.integers(start, min(len(lines), start + 3)), "end")
    put = split_lines("".join(f"{line}\n" for line in data.draw(st.lists(LINES, max_size=5))))
    if start == len(lines) and lines and not lines[-1].endswith("\n"):
        lines = [*lines[:-1], lines[-1] + "\n"]
    after = [*lines[:start], *put, *lines[end:]]
    hunks = [Hunk(start=start, end=end, new_start=start, new_end=start + len(put))]
    by_chunks = compare(render(lines), render(after), hunks)
    at_once = compare(whole(lines), whole(after), hunks)
    assert bool(by_chunks.difference()) == bool(at_once.difference())
    entry = data.draw(st.integers(0, max(0, len(after) - 1)), "entry")
    assert rendered_entry(by_chunks.after, entry, entry + 1) == rendered_entry(
        at_once.after, entry, entry + 1
    )


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        pytest.param("# A\n\n- x\n\n## B\n\n- y\n", [0, 4], id="headings after blank lines"),
        pytest.param("# A\ntext\n## B\n", [0], id="a heading right below text"),
        pytest.param("# A\n\n```\n\n## B\n\n```\n\n## C\n", [0, 8], id="a heading in a fence"),
        pytest.param("# A\n\n- ```\n\n## B\n", [0, 4], id="a fence in an item ends with it"),
        pytest.param("# A\n\n<!--\n\n## B\n-->\n\n## C\n", [0, 7], id="a heading in a comment"),
        pytest.param("# A\n\n`<!--` says\n\n## B\n", [0, 4], id="a comment's mark in code"),
        pytest.param("# A\n\n<details>\n\n## B\n", [0, 4], id="other HTML ends at a blank line"),
    ],
)
def test_chunks_start_at_headings_that_are_certain(text: str, starts: list[int]) -> None:
    assert chunk_starts(split_lines(text)) == starts
