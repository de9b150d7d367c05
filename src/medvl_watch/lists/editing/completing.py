"""Completing entries that stand already: code that was found, a venue after the preprint.

An entry is changed in its own words: what it lacks is written as the list's other entries
write it, and nothing else of it is touched. Under headings of years an entry whose year
changes moves to the section of its new year, if the list files published papers so.

The proof: outside of the spans that were meant the text is the old one, byte for byte; the
entry is read back as its paper, with its old fields and the new ones; every other entry is
read as before. What cannot be proved is not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.changes import Held, Refusal
from medvl_watch.lists.editing.grafting import Made, changed, exchanged, graft_for, place_graft
from medvl_watch.lists.editing.holdings import candidates, find_held, held, holding_of
from medvl_watch.lists.editing.moving import (
    Move,
    Patch,
    apply_patches,
    is_kept,
    move_to_year,
    others_of,
)
from medvl_watch.lists.fields.phrases import is_preprint
from medvl_watch.lists.fields.reading import Slot, read_fields
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.lists.style.facts import Facts, facts_of
from medvl_watch.lists.style.habits import Habits, Sample, words_of
from medvl_watch.lists.style.rendering import encoder
from medvl_watch.lists.style.writing import arxiv_form
from medvl_watch.records import Headings, Record

_CODE_WORD = re.compile(r"code|github|repo|implementation", re.IGNORECASE)
_VENUE_WORD = re.compile(r"venue|publication", re.IGNORECASE)
_IMPRINT = frozenset({Slot.VENUE, Slot.YEAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """An entry that was completed: `line` is 1-based in the new text, `added` says what was
    (`code`, `venue`, `link`, `section`), `lines` is the whole entry now."""

    paper_id: str
    line: int
    section: Headings
    added: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What became of the updates. `complete` are papers whose entries lack nothing that we
    know; `before` is untouched where nothing was done."""

    before: str
    after: str
    done: tuple[Completion, ...] = ()
    complete: tuple[Held, ...] = ()
    refused: tuple[Refusal, ...] = ()


def complete(text: str, updates: Sequence[Record]) -> Completed:
    """Add to the entries of these papers what the records know and the entries do not say.

    What was added is an example for the others: as long as something was, all are tried
    again, so that completing again changes nothing.
    """
    after = text
    done: list[Completion] = []
    ends: list[Held | Refusal] = []
    before_round = None
    while after != before_round:
        before_round = after
        ends = []
        for record in updates:
            result = _complete_one(after, record)
            if isinstance(result, Refusal | Held):
                ends.append(result)
            else:
                after = result[0]
                done += result[1]
    changed_ids = {completion.paper_id for completion in done}
    ends = [end for end in ends if end.paper_id not in changed_ids]
    return Completed(
        before=text,
        after=after,
        done=tuple(_where_now(parse(after), done)),
        complete=tuple(end for end in ends if isinstance(end, Held)),
        refused=tuple(end for end in ends if isinstance(end, Refusal)),
    )


def _where_now(document: Document, done: Sequence[Completion]) -> Iterator[Completion]:
    """The completions with the lines at which they stand after all of them; one whose entry
    was completed again is told with the last."""
    lines = {
        (_lines_of(document, entry), document.sections[entry.section].path): entry.start + 1
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
class _Goal:
    """An entry and what becomes of it."""

    entry: Entry
    text: str
    added: tuple[str, ...]
    fields: Mapping[Slot, str]
    move: Move | None = None


def _complete_one(text: str, record: Record) -> tuple[str, list[Completion]] | Held | Refusal:
    document = parse(text)
    found = find_held(document, record)
    if found is None:
        return Refusal(paper_id=record.id, reason="the list does not hold it")
    if not isinstance(found, Held):
        reason = f"its {found.key} stands at line {found.line} under another title: {found.title}"
        return Refusal(paper_id=record.id, reason=reason)
    habits = Habits(document)
    facts = facts_of(record)
    goals = []
    hindrance = ""
    for entry in candidates(document, record):
        if isinstance(held(record, [holding_of(document, entry)]), Held):
            goal = _goal(habits, entry, facts)
            if isinstance(goal, str):
                hindrance = hindrance or goal
            else:
                goals.append(goal)
    if not goals:
        return Refusal(paper_id=record.id, reason=hindrance) if hindrance else found
    patches = [patch for goal in goals for patch in _patches(document, goal)]
    after = apply_patches(document, patches)
    result = _proved(document, after, goals, record)
    return (
        Refusal(paper_id=record.id, reason=result) if isinstance(result, str) else (after, result)
    )


def _goal(habits: Habits, entry: Entry, facts: Facts) -> _Goal | str:
    """The entry completed; else why it cannot be, or the empty text if it lacks nothing."""
    section = habits.document.sections[entry.section]
    samples = [
        s
        for s in habits.samples(section, entry.start)
        if s.entry.unit is entry.unit and s.entry.table == entry.table and s.entry != entry
    ]
    fields = habits.fields_of(entry)
    added: list[str] = []
    wanted: dict[Slot, str] = {}
    reason = ""
    for name, step in (("venue", _with_venue), ("link", _with_link), ("code", _with_code)):
        made = step(Sample(entry, fields, 1.0), samples, facts)
        if isinstance(made, str):
            reason = reason or made
            continue
        new, values = made
        read = read_fields(new, entry.unit, entry.table.columns if entry.table else ())
        if any(read.first(slot) != value for slot, value in values.items()):
            reason = reason or f"its {name} would not be read back"
            continue
        fields = read
        added.append(name)
        wanted |= values
    if not added:
        return reason
    goal = _Goal(entry, fields.text, tuple(added), wanted)
    move = move_to_year(habits, entry, facts) if "venue" in added else None
    return replace(goal, move=move, added=(*added, "section")) if move else goal


def _with_code(own: Sample, samples: Sequence[Sample], facts: Facts) -> str | Made:
    fields = own.fields
    if not facts.code or Slot.CODE in fields.slots or facts.code in fields.text:
        return ""
    repository = re.search(r"github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/?#]|$)", facts.code)
    values = {Slot.CODE: facts.code, Slot.REPOSITORY: repository[1] if repository else ""}
    graft = graft_for(samples, frozenset({Slot.CODE}), values)
    change = place_graft(fields, graft, _CODE_WORD) if graft else None
    if change is None:
        return "no entry of the list shows where code goes"
    return changed(fields, [change]), {Slot.CODE: facts.code}


def _with_venue(own: Sample, samples: Sequence[Sample], facts: Facts) -> str | Made:
    fields = own.fields
    old = fields.first(Slot.VENUE)
    if facts.venue is None or facts.preprint or (old and not is_preprint(old)):
        return ""
    if not facts.year_is_sure:
        return "the year of its venue is not known"
    venue = encoder(fields, own.entry.unit)(words_of(list(samples)).venue(facts.venue), Slot.VENUE)
    if old is not None:
        return exchanged(fields, {Slot.VENUE: venue, Slot.YEAR: str(facts.year)})
    if not any(_is_published(sample) for sample in samples):
        return ""  # this list names no venues
    slots = _IMPRINT - {Slot.YEAR} if Slot.YEAR in fields.slots else _IMPRINT
    values = {Slot.VENUE: venue, Slot.YEAR: str(facts.year)}
    published = [sample for sample in samples if _is_published(sample)]
    graft = graft_for(published, slots, values)
    change = place_graft(fields, graft, _VENUE_WORD) if graft else None
    if change is None:
        return "no entry of the list shows where its venue goes"
    return changed(fields, [change]), {slot: values[slot] for slot in slots}


def _with_link(own: Sample, samples: Sequence[Sample], facts: Facts) -> str | Made:
    """The venue's address instead of the preprint's, where most published papers have it."""
    fields = own.fields
    old = fields.first(Slot.PAPER)
    venue = fields.first(Slot.VENUE)
    if not (old and arxiv_form(old) and facts.url and venue) or is_preprint(venue):
        return ""
    if arxiv_form(facts.url) or {Slot.ARXIV, Slot.IDENTIFIER} & fields.slots:
        return ""
    label = next((link.label for link in links_in(fields.text) if link.url == old), "")
    theirs = [s.fields.first(Slot.PAPER) or "" for s in samples if _is_published(s)]
    preprints = sum(arxiv_form(url) is not None for url in theirs)
    if "arxiv" in label.casefold() or 2 * preprints >= len(theirs):
        return ""
    return exchanged(fields, {Slot.PAPER: facts.url})


def _is_published(sample: Sample) -> bool:
    venue = sample.fields.first(Slot.VENUE)
    return venue is not None and not is_preprint(venue)


# --- the edit and its proof -----------------------------------------------------------


def _patches(document: Document, goal: _Goal) -> list[Patch]:
    entry = goal.entry
    last = document.lines[entry.end - 1]
    ending = last[len(last.rstrip("\r\n")) :]
    if goal.move is None:
        return [Patch(entry.start, entry.end, goal.text + ending, 0)]
    return goal.move.patches(document, goal.text)


def _proved(
    document: Document, after: str, goals: Sequence[_Goal], record: Record
) -> list[Completion] | str:
    """The completions as they are read in the new text, or what is wrong with it."""
    result = parse(after)
    wanted = {goal.text: goal for goal in goals}
    found = []
    for entry in result.entries:
        goal = wanted.get(result.text(entry))
        if goal is None:
            continue
        section = result.sections[entry.section].path
        home = goal.move.path if goal.move else document.sections[goal.entry.section].path
        if section != home:
            continue
        if not isinstance(held(record, [holding_of(result, entry)]), Held):
            return "the paper would not be known again in its entry"
        lines = _lines_of(result, entry)
        found.append(
            Completion(
                paper_id=record.id,
                line=entry.start + 1,
                section=section,
                added=goal.added,
                lines=lines,
            )
        )
    if len(found) != len(goals):
        return "the entry would not be read back as one"
    changed = {goal.entry.start for goal in goals}
    lines_now = {completion.line - 1 for completion in found}
    if not is_kept(document, changed, result, lines_now, moved=any(g.move for g in goals)):
        return "an old line would not survive"
    same = others_of(document, changed) == others_of(result, lines_now)
    return found if same else "another entry would be read in another way"
