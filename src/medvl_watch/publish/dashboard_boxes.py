"""Boxes in the dashboard: a person takes back that a list refused a paper.

A box names the paper, the list and the pull request in which it was refused (0: in a digest), so
that a refusal in a later pull request counts again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from medvl_watch.publish import marker, render

_BOX = re.compile(
    r"^([ \t]*[-*+] )\[([ xX])\]( <!-- u:(\S+) ([\w.-]{1,100}):(\d{1,9}) -->)", re.MULTILINE
)


def comment(paper_id: str, list_id: str, number: int) -> render.Encoded:
    """What a box carries behind its brackets."""
    return render.Encoded(f"<!-- u:{render.html_comment_id(paper_id)} {list_id}:{number} -->")


def undone(body: str) -> Mapping[str, Mapping[str, int]]:
    """By list: the papers whose refusal people took back between our marks, each with the number
    of the latest pull request of which that is said."""
    found: dict[str, dict[str, int]] = {}
    for match in _BOX.finditer(marker.region(body)):
        if match[2] != " ":
            paper_id = render.read_html_comment_id(match[4])
            of_list = found.setdefault(match[5], {})
            of_list[paper_id] = max(of_list.get(paper_id, 0), int(match[6]))
    return found


def keep_ticks(text: str, body: str) -> str:
    """`text` with the boxes ticked that are ticked in `body`."""
    taken = undone(body)

    def kept(match: re.Match[str]) -> str:
        number = taken.get(match[5], {}).get(render.read_html_comment_id(match[4]))
        is_ticked = number is not None and int(match[6]) <= number
        return f"{match[1]}[{'x' if is_ticked else match[2]}]{match[3]}"

    return _BOX.sub(kept, text)
