"""Completing entries that stand already: code that was found, a venue after the preprint.

An entry is changed in its own words: what it lacks is written as the list's other entries
write it, and nothing else of it is touched. Under headings of years an entry whose year
changes moves to the section of its new year, if the list files published papers so.

The entry is read back with its old fields and the new ones, and the edit is proved
(`proving/proof.py`). What cannot be proved is not written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from medvl_watch.changes import AlreadyListed, Refusal
from medvl_watch.lists.editing.amending import Amendment, CannotComplete, amended
from medvl_watch.lists.editing.moving import Move, move_to_year
from medvl_watch.lists.editing.patching import Patch, apply_patches, hunks_of
from medvl_watch.lists.editing.references import (
    CannotRefer,
    keep_references,
    learn_references,
)
from medvl_watch.lists.paper_matching import Conflict, candidates, identify_entry, match_paper
from medvl_watch.lists.parsing.document import Document, parse, text_of
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.proving.proof import EntryClaim, ProposedEdit, prove
from medvl_watch.lists.style.facts import Facts, facts_of
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.papers.evidence import strong_keys
from medvl_watch.records import Headings, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """An entry that was completed: `line` is 1-based in the new text, `added` says what was
    (`title`, `code`, `venue`, `link`,
    `section`), `lines` is the whole entry now."""

    paper_id: str
    line: int
    section: Headings
    added: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionResult:
    """What became of the updates. `complete` are papers whose entries lack nothing that we
    know; `before` is untouched where nothing was done."""

    before: str
    after: str
    done: tuple[Completion, ...] = ()
    complete: tuple[AlreadyListed, ...] = ()
    refused: tuple[Refusal, ...] = ()


def complete(
    text: str,
    updates: Sequence[Record],
    former_titles: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> CompletionResult:
    """Add to the entries of these papers what the records know and the entries do not say.

    `former_titles` are the titles that papers had before, by paper id: an entry with one of them
    gets the present one.

    What was added is an example for the others: as long as something was, all are tried
    again, so that completing again changes nothing.
    """
    document = parse(text)
    done: list[Completion] = []
    ends: list[AlreadyListed | Refusal] = []
    before_round = None
    while document != before_round:
        before_round = document
        ends = []
        for record in updates:
            try:
                result = _complete_one(document, record, former_titles.get(record.id, ()))
            except CannotComplete as problem:
                ends.append(Refusal(paper_id=record.id, reason=str(problem)))
                continue
            if isinstance(result, AlreadyListed):
                ends.append(result)
            else:
                document = result.document
                done += result.done
    changed_ids = {completion.paper_id for completion in done}
    ends = [end for end in ends if end.paper_id not in changed_ids]
    return CompletionResult(
        before=text,
        after=text_of(document),
        done=tuple(_where_now(document, done)),
        complete=tuple(end for end in ends if isinstance(end, AlreadyListed)),
        refused=tuple(end for end in ends if isinstance(end, Refusal)),
    )


def _where_now(document: Document, done: Sequence[Completion]) -> Iterator[Completion]:
    """The completions with the lines at which they stand after all of them; one whose entry
    was completed again is reported with the last."""
    lines = {
        (_lines_of(document, entry), document.path_of(entry)): entry.start + 1
        for entry in reversed(document.entries)
    }
    earlier: dict[str, tuple[str, ...]] = {}
    for number, each in enumerate(done):
        line = lines.get((each.lines, each.section))
        if line is None and any(later.paper_id == each.paper_id for later in done[number + 1 :]):
            earlier[each.paper_id] = (*earlier.get(each.paper_id, ()), *each.added)
            continue
        added = (*earlier.pop(each.paper_id, ()), *each.added)
        yield replace(each, line=line or each.line, added=tuple(dict.fromkeys(added)))


def _lines_of(document: Document, entry: Entry) -> tuple[str, ...]:
    return tuple(document.text(entry).replace("\r\n", "\n").split("\n"))


@dataclass(frozen=True, slots=True)
class _CompletionGoal:
    """An entry, what it gets, and where it moves."""

    entry: Entry
    amendment: Amendment
    move: Move | None

    @property
    def added(self) -> tuple[str, ...]:
        return (*self.amendment.added, "section") if self.move else self.amendment.added

    def home(self, document: Document) -> Headings:
        """The section in which it will stand."""
        return self.move.path if self.move else document.path_of(self.entry)

    def patches(self, document: Document) -> list[Patch]:
        if self.move:
            return self.move.patches(document, self.amendment.text)
        entry = self.entry
        last = document.lines[entry.end - 1]
        ending = last[len(last.rstrip("\r\n")) :]
        return [Patch(entry.start, entry.end, self.amendment.text + ending, 0)]


@dataclass(frozen=True, slots=True)
class _CompletionStep:
    """The list after a paper's entries were completed."""

    document: Document
    done: tuple[Completion, ...]


def _complete_one(
    document: Document, record: Record, former_titles: Sequence[str]
) -> _CompletionStep | AlreadyListed:
    """Complete a paper's entries. Raises CannotComplete where there are none, or none of them
    gets what it lacks."""
    named = [replace(record, title=title) for title in former_titles]
    tried = [
        _own_entries(document, each, strong_keys(record) if each is not record else None)
        for each in (*named, record)
    ]
    found, own = next((each for each in tried if each[1]), tried[-1])
    if found is None:
        raise CannotComplete("the list does not hold it")
    if isinstance(found, Conflict):
        raise CannotComplete(found.reason)
    list_samples = ListSamples(document)
    goals = _goals(list_samples, own, facts_of(record), former_titles)
    if not goals:
        return found
    goals, definitions = _with_keys(list_samples, goals)
    return _proved(document, goals, record, definitions)


def _own_entries(
    document: Document, record: Record, keys: frozenset[str] | None = None
) -> tuple[AlreadyListed | Conflict | None, list[Entry]]:
    """How the list holds a paper under the title of this record, and its entries, or those that
    have one of these keys."""
    near = [(entry, identify_entry(document, entry)) for entry in candidates(document, record)]
    near = [each for each in near if keys is None or keys & each[1].keys]
    found = match_paper(record, [identity for _, identity in near])
    matches = [(entry, match_paper(record, [identity])) for entry, identity in near]
    proofs = [(entry, match.proof) for entry, match in matches if isinstance(match, AlreadyListed)]
    titled = [entry for entry, proof in proofs if "title" in proof]
    return found, titled or [entry for entry, _ in proofs]  # two papers may have one address


def _with_keys(
    list_samples: ListSamples, goals: Sequence[_CompletionGoal]
) -> tuple[list[_CompletionGoal], list[Patch]]:
    """The goals with keys instead of addresses where the list gives keys, and what defines new
    ones. Raises CannotComplete."""
    document = list_samples.document
    kept: list[_CompletionGoal] = []
    patches: list[Patch] = []
    keys: set[str] = set()
    for goal in goals:
        text = goal.amendment.text
        if document.definitions:
            section = document.sections[goal.entry.section]
            style = learn_references(document, list_samples.samples(section, goal.entry.start))
            try:
                text, made = keep_references(style, goal.entry, text, keys)
            except CannotRefer as problem:
                raise CannotComplete(str(problem)) from problem
            patches += [Patch(each.line, each.line, each.text, 0) for each in made]
        kept.append(replace(goal, amendment=replace(goal.amendment, text=text)))
    return kept, patches


def _goals(
    list_samples: ListSamples,
    entries: Iterable[Entry],
    facts: Facts,
    former_titles: Sequence[str] = (),
) -> list[_CompletionGoal]:
    """What becomes of these entries of one paper; of those that lack nothing, nothing. Raises
    CannotComplete where some lack something and none can be completed."""
    goals: list[_CompletionGoal] = []
    hindrances: list[CannotComplete] = []
    for entry in entries:
        try:
            amendment = amended(list_samples, entry, facts, former_titles)
        except CannotComplete as problem:
            hindrances.append(problem)
            continue
        if amendment:
            move = move_to_year(list_samples, entry, facts) if "venue" in amendment.added else None
            goals.append(_CompletionGoal(entry, amendment, move))
    if hindrances and not goals:
        raise hindrances[0]
    return goals


def _proved(
    document: Document,
    goals: Sequence[_CompletionGoal],
    record: Record,
    definitions: Sequence[Patch],
) -> _CompletionStep:
    """The list with the goals reached. Raises CannotComplete for what is wrong with it."""
    patches = [patch for goal in goals for patch in goal.patches(document)]
    patches += definitions
    result = parse(apply_patches(document.lines, document.newline, patches))
    wanted = {goal.amendment.text: goal for goal in goals}
    claims = []
    done = []
    for entry in result.entries:
        goal = wanted.get(result.text(entry))
        if goal is None or result.path_of(entry) != goal.home(document):
            continue
        lines = _lines_of(result, entry)
        section = result.path_of(entry)
        claims.append(
            EntryClaim(
                paper=record,
                section=section,
                start=entry.start,
                count=len(lines),
                was=goal.entry,
            )
        )
        done.append(
            Completion(
                paper_id=record.id,
                line=entry.start + 1,
                section=section,
                added=goal.added,
                lines=lines,
            )
        )
    if len(done) != len(goals):
        raise CannotComplete("the entry would not be read back as one")
    flaw = prove(
        ProposedEdit(before=document, after=result, hunks=hunks_of(patches), claims=claims)
    )
    if flaw:
        raise CannotComplete(flaw.reason)
    return _CompletionStep(result, tuple(done))
