"""Additions to a list: collected by position, applied from the end, and then proved.

Old lines change only where an unbroken numbering or a count in a heading moves on. What cannot
be proved (`proving/proof.py`) is not written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from medvl_watch.changes import Addition, AlreadyListed, Edit, Placement, Refusal
from medvl_watch.lists.editing.contents import contents_piece
from medvl_watch.lists.editing.counts import raise_counts
from medvl_watch.lists.editing.edits_in_a_row import join_edits, lacking_in, moved_by
from medvl_watch.lists.editing.known_or_new import split_additions
from medvl_watch.lists.editing.numbering import raise_number
from medvl_watch.lists.editing.patching import Patch, apply_patches, hunks_of
from medvl_watch.lists.editing.placing import CannotPlace, into_new_section, into_section
from medvl_watch.lists.editing.references import (
    CannotRefer,
    learn_references,
    write_references,
)
from medvl_watch.lists.parsing.document import Document, find_section, parse, sections_at
from medvl_watch.lists.parsing.headings import path_key, plain_path
from medvl_watch.lists.proving.proof import EntryClaim, ProposedEdit, prove
from medvl_watch.lists.shapes.writer import NotWritten
from medvl_watch.lists.style.facts import Facts, facts_of
from medvl_watch.lists.style.overrides import Overrides
from medvl_watch.lists.style.pieces import Piece
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.lists.style.sections import opening_of
from medvl_watch.records import Headings, Record


@dataclass(frozen=True, slots=True)
class _SectionGroup:
    """Papers for one section, and the text that brings them there."""

    section: Headings
    papers: tuple[Record, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _InsertionPlan:
    """What is to be inserted, section by section. A paper may go into several."""

    groups: tuple[_SectionGroup, ...] = ()
    counts: Mapping[int, str] = field(default_factory=dict)

    @property
    def pieces(self) -> list[Piece]:
        return [piece for group in self.groups for piece in group.pieces]

    @property
    def papers(self) -> dict[str, Record]:
        return {paper.id: paper for group in self.groups for paper in group.papers}

    def refusal(self, paper_id: str, reason: str) -> Refusal:
        """The paper refused, with its entry as it would have been."""
        entries = (entry for piece in self.pieces for entry in piece.entries)
        own = next((entry.lines for entry in entries if entry.paper_id == paper_id), ())
        return Refusal(paper_id=paper_id, reason=reason, draft="\n".join(own))


def insert(
    text: str,
    additions: Sequence[Addition],
    *,
    open_sections: bool = False,
    templates: Mapping[str, str] | None = None,
) -> Edit:
    """Put papers into a list, each under its section path, as the maintainer would.

    A path that does not exist is a refusal, except where its last element is a year among
    years or a venue among venues: then that section is opened (and any other, if
    `open_sections`, or if the addition `opens` it). A paper that the list has already is
    reported as such, so that inserting again changes nothing; a paper whose address stands
    under another title is refused, for a person to look at. `templates` are configured instead
    of learned ones, by section (see `overrides`).
    """
    options = _InsertionOptions(open_sections=open_sections, overrides=Overrides(templates or {}))
    edit = _insert(text, additions, options)
    while edit.placed and (again := lacking_in(additions, edit)):
        more = _insert(edit.after, again, options)
        if not more.placed:
            break
        edit = join_edits(edit, more)
    return edit


@dataclass(frozen=True, slots=True)
class _InsertionOptions:
    """How to insert: which sections may be opened, and the configured templates."""

    open_sections: bool
    overrides: Overrides


def _insert(
    text: str, additions: Sequence[Addition], options: _InsertionOptions, ours: Collection[str] = ()
) -> Edit:
    document = parse(text)
    wanted, known, refused = split_additions(document, additions, ours)
    try:
        plan, problems = _plan(document, wanted, options)
    except CannotRefer as problem:
        if len(wanted) > 1:
            return _one_by_one(text, additions, options)
        plan = _InsertionPlan()
        paper_id = wanted[0].paper.id
        problems = [Refusal(paper_id=paper_id, reason=str(problem), draft=problem.draft)]
    patches = _patches(document, plan)
    after = apply_patches(document.lines, document.newline, patches)
    flaw = prove(
        ProposedEdit(
            before=document, after=parse(after), hunks=hunks_of(patches), claims=_claims(plan)
        )
    )
    if flaw and flaw.paper_id and len(wanted) > 1:  # the others can do without it
        rest = [addition for addition in additions if addition.paper.id != flaw.paper_id]
        edit = _insert(text, rest, options, ours)
        return replace(edit, refused=(*edit.refused, plan.refusal(flaw.paper_id, flaw.reason)))
    raises = any(piece.raised for piece in plan.pieces)  # what a later number starts from
    several = sum(bool(piece.entries) for piece in plan.pieces) > 1
    if (flaw or (raises and several)) and len(wanted) > 1:
        return _one_by_one(text, additions, options)
    refused += problems
    if flaw:
        refused += [plan.refusal(paper_id, flaw.reason) for paper_id in plan.papers]
        plan, after = _InsertionPlan(), text
    return Edit(
        before=text,
        after=after,
        placed=tuple(_placements(plan)),
        already_listed=tuple(known),
        refused=tuple(refused),
    )


def _plan(
    document: Document, wanted: Sequence[Addition], options: _InsertionOptions
) -> tuple[_InsertionPlan, list[Refusal]]:
    list_samples = ListSamples(document, options.overrides)
    by_section: dict[tuple[str, ...], list[Addition]] = {}
    for addition in wanted:
        by_section.setdefault(path_key(addition.section), []).append(addition)
    groups: list[_SectionGroup] = []
    refused: list[Refusal] = []
    keys: set[str] = set()
    for group in by_section.values():
        try:
            any_kind = options.open_sections or group[0].opens
            path, made, drafts = _pieces(document, list_samples, group, any_kind=any_kind)
        except CannotPlace as problem:
            refused += [Refusal(paper_id=a.paper.id, reason=str(problem)) for a in group]
            continue
        refused += [
            Refusal(paper_id=d.paper_id, reason=d.reason, lacking=d.lacking, draft=d.draft)
            for d in drafts
        ]
        absent = {d.paper_id for d in drafts}
        papers = tuple(a.paper for a in group if a.paper.id not in absent)
        if papers:
            made = _with_references(list_samples, path, made, keys)
            groups.append(_SectionGroup(path, papers, tuple(made)))
    counts = raise_counts(document, [each.section for each in groups for _ in each.papers])
    return _InsertionPlan(tuple(groups), counts), refused


def _pieces(
    document: Document, list_samples: ListSamples, group: Sequence[Addition], *, any_kind: bool
) -> tuple[Headings, list[Piece], Sequence[NotWritten]]:
    path = plain_path(group[0].section)
    papers: list[Facts] = [facts_of(addition.paper) for addition in group]
    section = find_section(document, path)
    _refuse_if_ambiguous(document, path)
    if section is None:
        opening = opening_of(document, path, any_kind=any_kind) if path else "no section was given"
        if isinstance(opening, str):
            raise CannotPlace(opening)
        placing = into_new_section(list_samples, opening, papers)
        if not placing.pieces:
            return opening.path, [], placing.not_written
        pieces = [*placing.pieces, *contents_piece(document, opening)]
        return opening.path, pieces, placing.not_written
    if section.closed:
        raise CannotPlace(f"the section {' > '.join(section.path)} does not hold papers")
    placing = into_section(list_samples, section, papers)
    return section.path, list(placing.pieces), placing.not_written


def _refuse_if_ambiguous(document: Document, path: Headings) -> None:
    """Raises CannotPlace where several sections with entries have this path."""
    filled = [each for each in sections_at(document, path) if document.entries_of(each)]
    if len(filled) > 1:
        lines = " and ".join(str(each.line + 1) for each in filled)
        raise CannotPlace(
            f"the section {' > '.join(path)} stands more than once (lines {lines}), so it is not "
            "sure which is meant; give their headings different names"
        )


def _with_references(
    list_samples: ListSamples, path: Headings, pieces: Sequence[Piece], keys: set[str]
) -> list[Piece]:
    """The pieces with keys instead of addresses, where the list gives keys, and with their
    definitions. The new ones are added to `keys`. Raises CannotRefer."""
    document = list_samples.document
    if not document.definitions:
        return list(pieces)
    made: list[Piece] = []
    for piece in pieces:
        samples = list_samples.samples(find_section(document, path), piece.line)
        style = learn_references(document, samples)
        made += write_references(style, piece, samples[0].entry, keys)
    return made


_AFTER_ALL_PIECES = 10_000
"""The rank of a line that changes: what is put in before it comes first."""


def _patches(document: Document, plan: _InsertionPlan) -> list[Patch]:
    """The pieces, and the old lines with the numbers that an unbroken numbering and counts ask
    for."""
    changed = dict(plan.counts)
    for piece in plan.pieces:
        for number in piece.raised:
            line = changed.get(number, document.lines[number])
            changed[number] = raise_number(line, len(piece.entries))
    pieces = [Patch(each.line, each.line, each.text, each.rank) for each in plan.pieces]
    return pieces + [Patch(n, n + 1, line, _AFTER_ALL_PIECES) for n, line in changed.items()]


def _placements(plan: _InsertionPlan) -> list[Placement]:
    placed = []
    shift = 0
    pieces = [(piece, group.section) for group in plan.groups for piece in group.pieces]
    for piece, section in sorted(pieces, key=lambda each: (each[0].line, each[0].rank)):
        placed += [
            Placement(
                paper_id=entry.paper_id,
                section=section,
                line=piece.line + shift + entry.offset + 1,
                lines=entry.lines,
            )
            for entry in piece.entries
        ]
        shift += piece.text.count("\n")
    return placed


def _claims(plan: _InsertionPlan) -> list[EntryClaim]:
    papers = plan.papers
    return [
        EntryClaim(
            paper=papers[placement.paper_id],
            section=placement.section,
            start=placement.line - 1,
            count=len(placement.lines),
        )
        for placement in _placements(plan)
    ]


def _one_by_one(text: str, additions: Sequence[Addition], options: _InsertionOptions) -> Edit:
    """Insert one after another, so that one paper that cannot be placed hinders no other."""
    after = text
    placed: list[Placement] = []
    known: list[AlreadyListed] = []
    refused: list[Refusal] = []
    for addition in additions:
        edit = _insert(after, [addition], options, {p.paper_id for p in placed})
        known += [h for h in edit.already_listed if h.paper_id not in {p.paper_id for p in placed}]
        refused += edit.refused
        placed = [moved_by(p, edit) for p in placed] + list(edit.placed)
        after = edit.after
    return Edit(
        before=text,
        after=after,
        placed=tuple(placed),
        already_listed=tuple(known),
        refused=tuple(refused),
    )
