"""Boxes for a paper that a person decides on: its sections, and “not for this list”.

A box names the paper and a key of the section, never a section's words: what a tick can do is
to choose among the sections that the list has today, whoever wrote into the body.
"""

from __future__ import annotations

import re

from medvl_watch.offers.maintainer_decisions import ChosenSections, section_key
from medvl_watch.publish import marker, render
from medvl_watch.records import Headings

_DECLINED = re.compile(r"^([ \t]*[-*+] )\[([ xX])\]( <!-- n:(\S+) -->)", re.MULTILINE)
_KEY = re.compile(r"[0-9a-f]{12}")
_BOX = re.compile(r"^([ \t]*[-*+] )\[([ xX])\]( <!-- s:(\S+) ([0-9a-f]{12}) -->)", re.MULTILINE)


def comment(paper_id: str, section: Headings) -> render.Encoded:
    """What a box carries behind its brackets."""
    return render.Encoded(f"<!-- s:{render.html_comment_id(paper_id)} {section_key(section)} -->")


def remembered(chosen: ChosenSections) -> dict[str, tuple[str, ...]]:
    """What of it a state can hold: one with more could not be read. What was named in a comment is
    read there."""
    return {
        paper_id: tuple(sorted(filter(_KEY.fullmatch, keys))[: marker.MOST_SECTIONS])
        for paper_id, keys in sorted(chosen.items())[: marker.MOST_CHOSEN]
    }


def ticked_sections(body: str) -> dict[str, frozenset[str]]:
    """For each paper with boxes of this kind: the keys of those that are ticked."""
    found: dict[str, frozenset[str]] = {}
    for match in _BOX.finditer(marker.region(body)):
        paper_id = render.read_html_comment_id(match[4])
        keys = {match[5]} if match[2] != " " else set()
        found[paper_id] = found.get(paper_id, frozenset()) | keys
    return found


def declined(body: str) -> frozenset[str]:
    """The papers whose box “not for this list” is ticked."""
    return frozenset(
        render.read_html_comment_id(match[4])
        for match in _DECLINED.finditer(marker.region(body))
        if match[2] != " "
    )


def tick(text: str, body: str) -> str:
    """`text` with the boxes ticked that are ticked in `body`."""
    taken, unwanted = ticked_sections(body), declined(body)

    def ticked(match: re.Match[str]) -> str:
        keys = taken.get(render.read_html_comment_id(match[4]), frozenset())
        return f"{match[1]}[{'x' if match[5] in keys else match[2]}]{match[3]}"

    def refused(match: re.Match[str]) -> str:
        is_unwanted = render.read_html_comment_id(match[4]) in unwanted
        return f"{match[1]}[{'x' if is_unwanted else match[2]}]{match[3]}"

    return _DECLINED.sub(refused, _BOX.sub(ticked, text))
