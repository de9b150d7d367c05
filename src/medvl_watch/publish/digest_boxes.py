"""Boxes in a digest: a person takes a paper into a section of a list, or wants it on none.

A box names the paper, the list and a key of the section, never its words: what a tick can do is
to choose among the lists that are configured and the sections that they have today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from medvl_watch.offers.digest_answers import DigestAnswers
from medvl_watch.offers.maintainer_decisions import section_key
from medvl_watch.publish import marker, render
from medvl_watch.records import Headings

REFUSE, OFF_SUBJECT = "refuse", "off-subject"
_BOX = re.compile(
    r"^([ \t]*[-*+] )\[([ xX])\]"
    r"( <!-- d:(\S+) (refuse|off-subject|add:([\w.-]{1,100}):([0-9a-f]{12})) -->)",
    re.MULTILINE,
)


def comment(paper_id: str, action: str) -> render.Encoded:
    """What a box carries behind its brackets."""
    return render.Encoded(f"<!-- d:{render.html_comment_id(paper_id)} {action} -->")


def addition(list_id: str, section: Headings) -> str:
    """The action of a box that puts a paper into a section of a list."""
    return f"add:{list_id}:{section_key(section)}"


def ticked(body: str) -> Mapping[str, tuple[str, ...]]:
    """By paper: the actions whose boxes are ticked between our marks."""
    found: dict[str, tuple[str, ...]] = {}
    for match in _BOX.finditer(marker.region(body)):
        if match[2] != " ":
            paper_id = render.read_html_comment_id(match[4])
            found[paper_id] = (*found.get(paper_id, ()), match[5])
    return found


def answers(bodies: Iterable[str]) -> DigestAnswers:
    """What people ticked in these digests, oldest first. A word against a paper counts more than
    one for it."""
    chosen: dict[str, dict[str, frozenset[str]]] = {}
    unwanted: dict[str, set[str]] = {REFUSE: set(), OFF_SUBJECT: set()}
    for body in bodies:
        for paper_id, actions in ticked(body).items():
            for action in actions:
                kind, _, rest = action.partition(":")
                if kind in unwanted:
                    unwanted[kind].add(paper_id)
                    continue
                list_id, _, key = rest.partition(":")
                of_list = chosen.setdefault(list_id, {})
                of_list[paper_id] = of_list.get(paper_id, frozenset()) | {key}
    against = unwanted[REFUSE] | unwanted[OFF_SUBJECT]
    return DigestAnswers(
        chosen={
            list_id: {key: keys for key, keys in of_list.items() if key not in against}
            for list_id, of_list in chosen.items()
        },
        refused=frozenset(unwanted[REFUSE]),
        off_subject=frozenset(unwanted[OFF_SUBJECT]),
    )


def keep_ticks(text: str, body: str) -> str:
    """`text` with the boxes ticked that are ticked in `body`."""
    taken = ticked(body)

    def kept(match: re.Match[str]) -> str:
        is_ticked = match[5] in taken.get(render.read_html_comment_id(match[4]), ())
        return f"{match[1]}[{'x' if is_ticked else match[2]}]{match[3]}"

    return _BOX.sub(kept, text)
