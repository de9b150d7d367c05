"""Edits of one list, one after the other, as one edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.changes import Addition, Edit, Placement
from medvl_watch.lists.editing.numbering import with_number


def lacking_in(additions: Sequence[Addition], edit: Edit) -> list[Addition]:
    """The additions that were refused since the entries tell more than their records. What was
    placed is an example for them, so that inserting again changes nothing."""
    placed = {each.paper_id for each in edit.placed}
    lacking = {each.paper_id for each in edit.refused if each.lacking} - placed
    return [addition for addition in additions if addition.paper.id in lacking]


def join_edits(edit: Edit, more: Edit) -> Edit:
    """Two edits, one after the other, as one; the second one is of papers that the first one
    refused."""
    again = {
        *(each.paper_id for each in more.placed),
        *(each.paper_id for each in more.already_listed),
        *(each.paper_id for each in more.refused),
    }
    return Edit(
        before=edit.before,
        after=more.after,
        placed=(*(moved_by(each, more) for each in edit.placed), *more.placed),
        already_listed=(*edit.already_listed, *more.already_listed),
        refused=(*(each for each in edit.refused if each.paper_id not in again), *more.refused),
    )


def moved_by(placement: Placement, edit: Edit) -> Placement:
    """An earlier placement as it stands after a later insertion: further down, or with
    another number."""
    rows = edit.after.replace("\r\n", "\n").split("\n")
    count = len(placement.lines)
    head, *rest = placement.lines
    head = with_number(head, 0)
    there = [
        number
        for number, row in enumerate(rows, start=1)
        if with_number(row, 0) == head and rows[number : number + count - 1] == rest
    ]
    line = min(there, key=lambda each: abs(each - placement.line), default=placement.line)
    return replace(placement, line=line, lines=tuple(rows[line - 1 : line - 1 + count]))
