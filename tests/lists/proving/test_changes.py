"""What a fix may alter for a reader of the rendered list, judged by the renderer itself."""

# ruff: noqa: E501 - one case per line

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from markdown_it import MarkdownIt

from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import RULES, check
from medvl_watch.lists.proving.changes import ChangeEffect, TextChange, apply, prove_changes
from tests import beside
from tests.lists.samples import NAMES, seed

LIST = (
    "# L\n\n- **Nature Comunications** [[paper](https://a.org/b(1)_c)] [code](github.com/a/b)\n"
    "- one two\n- one two\n- three \\[[x](https://a.org/d)] [[y](https://a.org/e)\n"
)


def change(old: str, new: str, effect: ChangeEffect) -> TextChange:
    at = LIST.index(old)
    return TextChange(at, at + len(old), new, effect)


@pytest.mark.parametrize(
    ("one", "proved"),
    [
        pytest.param(change("Comunications", "Communications", ChangeEffect.WORDS), True, id="a word"),
        pytest.param(change("Comunications", "", ChangeEffect.WORDS), False, id="a word deleted"),
        pytest.param(change("Comunications", "*Commun*", ChangeEffect.WORDS), False, id="mark-up in words"),
        pytest.param(change("**Nature", "Nature", ChangeEffect.WORDS), False, id="emphasis"),
        pytest.param(change("b(1)_c", "b1_c", ChangeEffect.WORDS), False, id="words in an address"),
        pytest.param(change("github.com/a/b", "https://github.com/a/b", ChangeEffect.ADDRESS), True, id="an address"),
        pytest.param(change("github.com/a/b", "", ChangeEffect.ADDRESS), False, id="an address deleted"),
        pytest.param(change("github.com/a/b", "https://a.org/)b", ChangeEffect.ADDRESS), False, id="an address cut"),
        pytest.param(change("paper", "https://paper.org", ChangeEffect.ADDRESS), False, id="a label for an address"),
        pytest.param(change("\\", "", ChangeEffect.BRACKETS), True, id="a backslash"),
        pytest.param(change("e)", "e)]", ChangeEffect.BRACKETS), False, id="a letter among brackets"),
        pytest.param(change("(1)", ")", ChangeEffect.BRACKETS), False, id="a number among brackets"),
        pytest.param(change("(", "", ChangeEffect.BRACKETS), False, id="a link undone"),
        pytest.param(change("- one two\n", "", ChangeEffect.ENTRY), True, id="an entry that stands twice"),
        pytest.param(change("- three", "", ChangeEffect.ENTRY), False, id="half an entry"),
        pytest.param(change("- **Nature", "- **Nature", ChangeEffect.ENTRY), False, id="an entry replaced"),
    ],
)  # fmt: skip
def test_what_prove_changes(one: TextChange, proved: bool) -> None:
    assert prove_changes(LIST, apply(LIST, [one]), [one]) is proved


def test_the_last_copy_of_an_entry_is_not_removed() -> None:
    text = "# L\n\n- one two\n- three four\n"
    one = TextChange(text.index("- one"), text.index("- three"), "", ChangeEffect.ENTRY)
    assert not prove_changes(text, apply(text, [one]), [one])


def test_a_closing_bracket_adds_no_word() -> None:
    at = LIST.index("e)\n") + 2
    one = TextChange(at, at, "]", ChangeEffect.BRACKETS)
    assert prove_changes(LIST, apply(LIST, [one]), [one])


def test_one_that_fails_costs_no_other() -> None:
    good = change("Comunications", "Communications", ChangeEffect.WORDS)
    bad = change("one two", "", ChangeEffect.WORDS)
    findings = [Finding(line=1, rule="x", what="", fix="", changes=(each,)) for each in (bad, good)]
    mended = mend(LIST, findings)
    assert mended.text == LIST.replace("Comunications", "Communications")
    assert mended.left == (findings[0],)


# --- every fix of every rule on whole lists -------------------------------------------


def shown(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Text and addresses of each block, by a renderer of the tests' own."""
    renderer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks = []
    for token in renderer.parse(text):
        if token.type == "inline":
            children = token.children or []
            words = "".join(child.content or "\n" for child in children)
            links = tuple(str(child.attrs["href"]) for child in children if "href" in child.attrs)
            blocks.append((words, links))
        elif token.content:
            blocks.append((token.content, ()))
    return blocks


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


def assert_only_faults_change(before: str, after: str, mended: Sequence[Finding]) -> None:
    """The blocks differ by nothing but what these findings of one rule change, as a reader
    sees them."""
    old, new = shown(before), shown(after)
    if mended[0].rule == "duplicate":
        lost = Counter(old) - Counter(new)
        assert lost.keys() <= set(new), "an entry without a copy"
        return
    differing = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    changes = [change for finding in mended for change in finding.changes]
    removed = "".join(before[each.start : each.end] for each in changes)
    added = "".join(each.text for each in changes)
    assert len(differing) <= len(changes)
    for (words, links), (words_after, links_after) in differing:
        if mended[0].rule in {"scheme", "redirect"}:
            assert words == words_after or links == links_after == ()
            assert len(links) == len(links_after)
        elif mended[0].rule == "brackets":
            assert not Counter(links) - Counter(links_after), "an address that was there"
            urls = "".join((Counter(links_after) - Counter(links)).elements())
            assert letters(words) - letters(words_after) <= letters(urls)
        else:
            assert links == links_after
            assert letters(words) - letters(words_after) <= letters(removed)
            assert letters(words_after) - letters(words) <= letters(added)


def assert_fixes_are_seen_alone(text: str) -> int:
    """Mend what each rule finds, rule by rule; returns how many findings were mended."""
    fixable = [each for each in check(text) if each.changes]
    count = 0
    for rule in {each.rule for each in fixable}:
        mended = mend(text, [each for each in fixable if each.rule == rule])
        if mended.mended:
            assert_only_faults_change(text, mended.text, mended.mended)
            assert not [each for each in check(mended.text, (rule,)) if each in mended.mended]
        count += len(mended.mended)
    return count


@pytest.mark.parametrize("name", NAMES)
def test_fixes_of_the_seeds(name: str) -> None:
    assert assert_fixes_are_seen_alone(seed(name))


@pytest.mark.replay
def test_fixes_of_recorded_lists() -> None:
    texts = [
        path.read_bytes().decode() for path in sorted(beside.folder("data/lists").glob("*.md"))
    ]
    assert texts
    assert sum(map(assert_fixes_are_seen_alone, texts)) > 0


def test_no_rule_fixes_what_it_only_suspects() -> None:
    text = "".join(map(seed, NAMES))
    assert {each.rule for each in check(text) if each.changes} <= RULES.keys() - {
        "empty-link", "no-link", "shared-address", "shared-code", "code-target", "other-title",
        "other-venue", "year-heading",
    }  # fmt: skip
