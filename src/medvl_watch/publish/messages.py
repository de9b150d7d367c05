"""The pull request's title, body and commit message.

Nothing here depends on when it is run, so the same facts give the same text, and a second
run finds nothing to write. Titles and commits hold counts and identifiers only: forges act
on words in them, and papers' titles are strangers' words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from medvl_watch.changes import Comment, Placement, PullRequest, Target
from medvl_watch.offers.completions import EntryCompletion
from medvl_watch.offers.list_news import PaperNews
from medvl_watch.offers.maintainer_decisions import ChosenSections, OwnPull
from medvl_watch.publish import choices, citation, marker, render, revisions
from medvl_watch.publish.budget import fitted
from medvl_watch.publish.characters import clean
from medvl_watch.publish.news_rows import news_row
from medvl_watch.publish.own_commits import trailer
from medvl_watch.publish.summaries import what_it_is
from medvl_watch.publish.wording import flag_in_words, set_aside_in_words
from medvl_watch.records import DescribedField, Headings, Paper, Verdict

MAX_REFUSED_SHOWN = 50
"""How many unticked papers are shown with a box, so that they can be ticked again."""
HIDDEN_CHARACTERS_WORTH_A_NOTE = 3
SURE = 0.8
"""Relevance (0..1) from which a paper without notes is shown as sure."""
MOST_TO_DECIDE = 5
"""How many papers to decide on are shown openly; the others are folded away."""
MOST_DECISIONS = 20
"""How many are shown at all; the digests of their weeks have the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalItem:
    """A paper that the pull request adds, why, and where. `flags` are notes for the reviewer."""

    paper: Paper
    verdict: Verdict
    placement: Placement
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A section that a person may choose for a paper: its path in the list, its headings as
    they are shown, and how likely it is (0..1)."""

    path: Headings
    shown: Headings
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredItem:
    """A paper that the bot would rather not decide on, the reason, the sections that a person
    may choose from, the entry as it would be written there, as far as that is known, and the week
    (its Monday) in which they were first asked, where that is known."""

    paper: Paper
    verdict: Verdict
    reason: str = ""
    draft: str = ""
    options: tuple[Option, ...] = ()
    asked: date | None = None


class Message(NamedTuple):
    """What a pull request says."""

    title: str
    body: str
    commit: str


def pull_request_message(  # noqa: PLR0913 - the parts of a pull request
    target: Target,
    items: Sequence[ProposalItem],
    *,
    before: bytes,
    referred: Sequence[ReferredItem] = (),
    refused: Sequence[Paper] = (),
    completed: Sequence[EntryCompletion] = (),
    news: Sequence[PaperNews] = (),
    chosen: ChosenSections = MappingProxyType({}),
    minutes: int = 0,
) -> Message:
    """Title, body and commit message for adding `items` to the list that reads `before`.

    `refused` are papers that people have taken out of it; their empty boxes stay. `news`
    tells what happened to papers on the list, of which the maintainer should know. `chosen`
    are the sections that people have ticked, to be remembered; `minutes` is how long a reviewer
    may need (0: it is not shown).

    Raises ValueError for no items or more than `marker.MOST_PAPERS`.
    """
    ordered = sorted(items, key=lambda item: (item.placement.line, item.paper.id))
    ids = list(dict.fromkeys(item.paper.id for item in ordered))
    if not 0 < len(ids) <= marker.MOST_PAPERS:
        raise ValueError(f"a pull request of {len(ids)} papers")
    headline = f"Add {render.count(len(ids), 'paper')} to {target.title}"
    return Message(
        title=render.title(headline),
        body=_body(target, ordered, before, (referred, refused, completed, news), chosen, minutes),
        commit=_commit_message(target, headline, ids),
    )


def _body(  # noqa: PLR0913, PLR0917  # the parts of a description
    target: Target,
    items: Sequence[ProposalItem],
    before: bytes,
    beside: tuple[
        Sequence[ReferredItem], Sequence[Paper], Sequence[EntryCompletion], Sequence[PaperNews]
    ],
    chosen: ChosenSections,
    minutes: int,
) -> str:
    referred, refused, completed, news = beside
    ids = [*(item.paper.id for item in items), *(each.entry_id for each in completed)]
    state = marker.HiddenState(
        list=target.id,
        papers=tuple(dict.fromkeys(ids)),
        before=marker.blob_id(before),
        chosen=choices.remembered(chosen),
    )
    template = render.templates().get_template("pull_request.md.j2")
    entries = _entries_of(items)
    doubtful = [doubt_of(item) for item in sorted(referred, key=_likeliest)]
    taken_out = [citation.cite(paper) for paper in refused[:MAX_REFUSED_SHOWN]]

    def make(full: int, shown: int) -> str:
        numbered = list(enumerate(entries[:shown]))
        text = template.render(
            target=target,
            minutes=minutes,
            total=len({item.paper.id for item in items}),
            sections=_by_section([pair for pair in numbered if pair[1].is_sure]),
            to_check=[pair for pair in numbered if not pair[1].is_sure],
            full=full,
            dropped=len(entries[shown:]),
            referred=doubtful[: min(full, MOST_TO_DECIDE)],
            more_referred=doubtful[MOST_TO_DECIDE : min(full, MOST_DECISIONS)],
            referred_total=len(doubtful),
            refused=taken_out,
            completed=[(citation.cite(each.paper), each) for each in completed],
            news=[news_row(each) for each in news],
            judges=sorted({_judge(item.verdict) for item in items} - {""}),
            begin=render.Encoded(marker.BEGIN),
            end=render.Encoded(marker.END),
        )
        return marker.restate(text, state)

    return fitted(make, max(len(entries), len(doubtful)))


def _likeliest(item: ReferredItem) -> tuple[int, bool, float, float, str]:
    """The latest questions first, so that old ones without an answer do not hide them; of a
    week, papers with a draft and sections to choose from first, by the likeliest section."""
    best = max((each.score for each in item.options), default=0)
    week = item.asked.toordinal() if item.asked else 0
    return -week, not item.options, -item.verdict.relevance, -best, item.paper.id


class MessageEntry(NamedTuple):
    """One paper of the body in one of its sections; `again` from the second on, where it has
    no box of its own."""

    cite: citation.Citation
    what: str
    quotes: Sequence[object]
    section: Headings
    line: int
    place: render.Encoded
    written: str
    is_sure: bool
    notes: tuple[str, ...]
    again: bool
    described: Sequence[DescribedField]


def _entries_of(items: Sequence[ProposalItem]) -> list[MessageEntry]:
    seen: set[str] = set()
    entries = []
    for item in items:
        entries.append(_entry_of(item, again=item.paper.id in seen))
        seen.add(item.paper.id)
    return entries


def _entry_of(item: ProposalItem, *, again: bool) -> MessageEntry:
    notes = notes_on(item.paper, item.verdict, item.flags)
    what = what_it_is(item.paper, item.verdict)
    return MessageEntry(
        cite=citation.cite(item.paper),
        what=what,
        quotes=citation.quotes(item.verdict, summary=what),
        section=item.placement.section,
        line=item.placement.line,
        place=revisions.line_link(item.placement.line),
        written=" ".join(each.strip() for each in item.placement.lines),
        is_sure=not notes and item.verdict.relevance >= SURE,
        notes=notes,
        again=again,
        described=item.verdict.descriptions,
    )


class UnsureEntry(NamedTuple):
    """One paper that a person should judge."""

    cite: citation.Citation
    what: str
    quotes: Sequence[object]
    reason: str
    notes: tuple[str, ...]
    boxes: tuple[tuple[render.Encoded, Option], ...]
    draft: str
    described: Sequence[DescribedField]


def doubt_of(item: ReferredItem) -> UnsureEntry:
    reason = item.reason or item.verdict.reason or "neither clearly in nor clearly out"
    what = what_it_is(item.paper, item.verdict)
    return UnsureEntry(
        cite=citation.cite(item.paper),
        what=what,
        quotes=citation.quotes(item.verdict, summary=what),
        reason=reason.rstrip("."),
        notes=notes_on(item.paper, item.verdict),
        boxes=tuple((choices.comment(item.paper.id, each.path), each) for each in item.options),
        draft=item.draft,
        described=item.verdict.descriptions,
    )


def frozen_comment(pull: OwnPull) -> Comment:
    """What we say once in a pull request that a person has changed or is reviewing."""
    text = render.templates().get_template("frozen.md.j2").render(reason=pull.frozen_because)
    return Comment(number=pull.number, key="frozen", body=text)


def closing_body(pull: PullRequest) -> str:
    """The description under which we close a pull request that people have emptied. Ticking
    a box in it again brings the paper back."""
    state = marker.read(pull.body)
    if state is None:
        raise ValueError("only a pull request that says what it holds is closed")
    body = pull.body
    if not state.closed:
        note = render.templates().get_template("closed.md.j2").render()
        body = marker.begin_with(body, note)
    return marker.restate(body, state.model_copy(update={"closed": True}))


def notes_on(paper: Paper, verdict: Verdict, flags: Sequence[str] = ()) -> tuple[str, ...]:
    """What a reviewer should know beside the verdict, each note once: by these flags, by the
    verdict's, and what was set aside."""
    notes = [flag_in_words(flag) for flag in (*flags, *verdict.flags)]
    notes += set_aside_in_words(verdict)
    if paper.withdrawn:
        notes.append("withdrawn by its authors")
    hidden = clean(paper.facts.title).removed + clean(paper.facts.abstract).removed
    if hidden >= HIDDEN_CHARACTERS_WORTH_A_NOTE:
        notes.append(f"its title or abstract holds {hidden} hidden characters")
    return tuple(dict.fromkeys(notes))


def _by_section(
    numbered: Sequence[tuple[int, MessageEntry]],
) -> list[tuple[Headings, list[tuple[int, MessageEntry]]]]:
    outermost = {entry.section[:1] for _, entry in numbered}
    deeper = all(len(entry.section) > 1 for _, entry in numbered)
    skipped = 1 if len(outermost) == 1 and deeper else 0  # the title of the list
    return [
        (section[skipped:], list(group))
        for section, group in groupby(numbered, key=lambda pair: pair[1].section)
    ]


def _judge(verdict: Verdict) -> str:
    return f"{verdict.classifier} {verdict.version}".strip()


def _commit_message(target: Target, headline: str, paper_ids: Sequence[str]) -> str:
    ids = "\n".join(render.commit_line(paper_id) for paper_id in paper_ids)
    return f"{render.commit_subject(headline)}\n\n{ids}\n\n{trailer(target.id)}\n"
