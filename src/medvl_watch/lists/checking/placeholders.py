"""Rules about links that lead nowhere, and about entries that have none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange, shortened
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.slots import hidden
from medvl_watch.lists.parsing.entries import has_link
from medvl_watch.lists.parsing.markup import LINK
from medvl_watch.lists.parsing.references import plain_key

_NOWHERE = re.compile(
    r"(?<![!\\])\[(?P<label>[^\[\]\n]{0,80}|\[[^\[\]\n]{0,80}\])\]\(\s*(?P<target>#|-|/|\.|links?|urls?|here|code|paper|pdf"
    r"|github|x{2,4}|to ?do|tb[ad]|n/?a|none|null|coming soon|https?://)?\s*\)",
    re.IGNORECASE,
)
_EMPTY_ANCHOR = re.compile(r"<a\s[^<>]*href\s*=\s*(?:\"\s*\"|'\s*')[^<>]*>", re.IGNORECASE)
_WAITING = re.compile(
    r"(?<!\\)(?P<all>\[\s*\[(?P<inner>[^\[\]\n]{2,30})\]\s*\]|\[(?P<outer>[^\[\]\n]{2,30})\])(?!\s?[(\[:])"
)
_AWAITED = re.compile(
    r"\W*(?:(?:official |source )?codes?|pdf|papers?|projects?(?: ?page)?|github"
    r"|data ?sets?|data|links?|demo|video|slides|web(?:site|page)|models?|weights?"
    r"|code ?& ?data)\W*",
    re.IGNORECASE,
)
_CODE_SPAN = re.compile(r"`[^`\n]+`")


def find_empty_links(subject: CheckedList) -> Iterator[Finding]:
    """`[code]()`, `[code](link)`, and in entries `[[code]]` with no target at all."""
    for start, line in subject.open_lines():
        if line.startswith(">"):
            continue  # what a legend says of labels
        masked = hidden(_CODE_SPAN, line)
        for match in [*_NOWHERE.finditer(masked), *_EMPTY_ANCHOR.finditer(masked)]:
            yield Finding(
                line=subject.line_at(start),
                rule="empty-link",
                what=f"{shortened(match[0])} leads nowhere",
                fix="give the address, or take the link out",
            )
    linked = {_bare(link.label) for work in subject.works for link in work.links}
    for work in subject.works:
        yield from _waiting(subject, work, linked)


def _bare(label: str) -> str:
    return label.strip(" []*_`").casefold()


def _waiting(
    subject: CheckedList, work: CheckedEntry, linked: Collection[str]
) -> Iterator[Finding]:
    """Labels that stand alone behind the title, as if waiting for their address: `[[code]]`, and
    `[code]` where it is a link of another entry (`linked`); else it is a keyword."""
    title = work.fields.claim(Slot.TITLE)
    masked = hidden(LINK, hidden(_CODE_SPAN, work.text))
    for match in _WAITING.finditer(masked):
        if title and match.start() < title.end:
            continue  # a tag: `[Github] Title`
        label = match["inner"] or match["outer"]
        if not _AWAITED.fullmatch(label) or not (match["inner"] or _bare(label) in linked):
            continue
        if plain_key(label) in subject.document.definitions:
            continue  # it is a link that gives a key
        start, end = match.span("all")
        back = len(masked[:start]) - len(masked[:start].rstrip(" "))
        removed = TextChange(work.start + start - back, work.start + end, "")
        yield Finding(
            line=subject.line_at(work.start + start),
            rule="empty-link",
            what=f"{match['all']} has no address",
            fix="give the address, or take the placeholder out",
            changes=() if work.entry.unit.has_cells else (removed,),
        )


def find_entries_without_link(subject: CheckedList) -> Iterator[Finding]:
    """An entry without any link in a section, and of a kind, whose others nearly all have one."""
    groups: defaultdict[tuple[object, ...], list[CheckedEntry]] = defaultdict(list)
    for work in subject.works:
        groups[work.path, work.entry.unit, work.entry.table].append(work)
    for works in groups.values():
        bare = [work for work in works if not has_link(subject.document.linked_text(work.entry))]
        linked = len(works) - len(bare)
        if linked < 2 or len(bare) > 0.34 * len(works):
            continue
        for work in bare:
            title = work.title or work.text.strip()[:60]
            yield Finding(
                line=work.line,
                rule="no-link",
                what=f"“{title}” has no link, as the other {linked} here do",
                fix="give its address",
            )
