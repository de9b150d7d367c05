"""Which lines are code: what we leave out is what a renderer shows as code."""

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from medvl_watch.lists.parsing.document import split_lines
from medvl_watch.lists.parsing.regions import Region, regions_of

PIECES = (
    *("", "", "    four", "\tby a tab", "      - six", "  two", "text", "# A", "- item", "1. one"),
    *("> quote", "|a|b|", "|-|-|", "<p>", "   - three", "    - nested or code"),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_what_is_left_out_as_code_is_shown_as_code(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    shown = {
        number
        for token in MarkdownIt("commonmark").enable("table").parse(text)
        if token.type == "code_block" and token.map
        for number in range(*token.map)
    }
    regions = regions_of(split_lines(text))
    assert {n for n, region in enumerate(regions) if region is Region.CODE} <= shown
