"""What we write into a body for ourselves: the hidden state, and the marks around our text.

The state holds ids only. Anybody who may edit the body may edit the state, so it is a hint,
never an authority: what cannot be read, or is there twice, counts as absent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medvl_watch.publish import render
from medvl_watch.publish.git_ids import object_id

BEGIN = "<!-- medvl-watch:begin -->"
END = "<!-- medvl-watch:end -->"
LABEL = "medvl-watch"
"""On our issues, to find them fast; whoever takes it off does no harm."""
MOST_PAPERS = 300
"""More than a person reviews in one pull request; it also bounds the state's length."""
MOST_HEADS = 12
MOST_MERGED = 64_000
"""Characters of a description or an issue without its state: GitHub takes 65,536 in all, and a
state of usual size has its place in the rest."""
_NO_ROOM = (
    f"{BEGIN}\nmedvl-watch has no room here beside what people wrote: the changed file shows all "
    f"of it. Shorten the text around these lines, and it comes back.\n{END}"
)
MOST_CHOSEN, MOST_SECTIONS = 50, 10
"""More papers than people have chosen sections for at a time, and more sections for one."""

_STATE = re.compile(r"^<!-- medvl-watch:state v=1 ([A-Za-z0-9_=-]*) -->[ \t]*\r?$", re.MULTILINE)
_ISSUE = re.compile(r"^<!-- medvl-watch:issue key=(\S+) -->[ \t]*\r?$", re.MULTILINE)
_REGION = re.compile(
    rf"^{re.escape(BEGIN)}[ \t]*\r?$.*?^{re.escape(END)}[ \t]*\r?$", re.MULTILINE | re.DOTALL
)
_CHECKBOX = re.compile(r"^([ \t]*[-*+] )\[([ xX])\]( <!-- p:(\S+) -->)", re.MULTILINE)
_LONGEST_STATE = 40_000

_ObjectId = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
_PaperId = Annotated[
    str, Field(pattern=r"^(?:complete:)?(?:arxiv|doi|title):[^\s\x00-\x1f]{1,250}$")
]
_SectionKeys = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")], ...], Field(max_length=MOST_SECTIONS)
]


class HiddenState(BaseModel):
    """What the bot last knew about a pull request.

    `before` is the id of the list's blob that the change was made on, `after` the one it
    makes; `path` is the list's file and `branch` the one to merge into. `heads` are the latest
    commits that we put on the branch, the newest first: a review names one of them, and a
    branch that stands elsewhere is a person's (see `own_commits`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    list: Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")]
    papers: Annotated[tuple[_PaperId, ...], Field(max_length=MOST_PAPERS)]
    before: _ObjectId | None = None
    after: _ObjectId | None = None
    base: _ObjectId | None = None
    path: Annotated[str, Field(max_length=500)] = ""
    branch: Annotated[str, Field(max_length=300)] = ""
    heads: Annotated[tuple[_ObjectId, ...], Field(max_length=MOST_HEADS)] = ()
    refused: Annotated[tuple[_PaperId, ...], Field(max_length=MOST_PAPERS)] = ()
    """Papers that a person unticked here and that have left the text since."""
    chosen: Annotated[dict[_PaperId, _SectionKeys], Field(max_length=MOST_CHOSEN)] = {}
    """Papers whose sections a person ticked (see `choices`), with these sections' keys."""
    closed: bool = False
    """We closed the pull request ourselves, since nothing was left in it."""
    title: Annotated[str, Field(pattern=r"^(?:[0-9a-f]{16})?$")] = ""
    """A hash of the title that we gave; a title with another hash is a person's."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A paper's checkbox as it stands in a body."""

    paper_id: str
    ticked: bool


def write(state: HiddenState) -> str:
    """The state as one line of a body, without its line end."""
    data = state.model_dump_json(exclude_none=True).encode()
    return f"<!-- medvl-watch:state v=1 {base64.urlsafe_b64encode(data).decode()} -->"


def read(body: str) -> HiddenState | None:
    """The state in a body, or None if there is none, more than one, or a broken one."""
    found = _STATE.findall(body)
    if len(found) != 1 or len(found[0]) > _LONGEST_STATE:
        return None
    try:
        return HiddenState.model_validate_json(base64.urlsafe_b64decode(found[0]))
    except (ValidationError, binascii.Error, ValueError):
        return None


def restate(body: str, state: HiddenState) -> str:
    """The body with this state in the place of whatever stood there, as its last line."""
    return f"{_STATE.sub('', body).rstrip()}\n\n{write(state)}\n"


def body_hash(body: str) -> str:
    """A hash of what a reader sees: without the state, white space or line ends."""
    return _digest("".join(_STATE.sub("", body).split()))


def title_hash(title: str) -> str:
    return _digest(title)


def blob_id(content: bytes) -> str:
    """The id that git gives these bytes."""
    return object_id("blob", content).hex()


def region(body: str) -> str:
    """What stands between our marks, with them; empty where they are gone."""
    found = _REGION.search(body)
    return found[0] if found else ""


def ticks(body: str) -> tuple[Tick, ...]:
    """The papers' checkboxes between our marks, in order; a person may have unticked some."""
    return tuple(
        Tick(render.read_html_comment_id(match[4]), match[2] != " ")
        for match in _CHECKBOX.finditer(region(body))
    )


def unticked(body: str) -> frozenset[str]:
    """The papers that a person refused by their checkboxes."""
    return frozenset(tick.paper_id for tick in ticks(body) if not tick.ticked)


def ticked(body: str) -> frozenset[str]:
    """The papers whose boxes are ticked."""
    return frozenset(tick.paper_id for tick in ticks(body) if tick.ticked)


def begin_with(body: str, note: str) -> str:
    """The body with a note at the beginning of our text, or where that is gone, before all."""
    begun = re.search(rf"^{re.escape(BEGIN)}[ \t]*\r?$", body, re.MULTILINE)
    at = begun.end() + 1 if begun else 0
    return f"{body[:at]}{note.strip()}\n\n{body[at:]}"


def merge(current: str, wanted: str) -> str:
    """`wanted` with what a person wrote into `current`: every line outside our marks, and
    unticked boxes. Where our marks are gone, our text follows the person's; where there is no
    room for it beside the person's, it says no more than that."""
    ours = _REGION.search(wanted)
    if ours is None:
        return wanted
    merged = _merged(current, _untick(ours[0], unticked(current)))
    return merged if len(merged) <= MOST_MERGED else _merged(current, _NO_ROOM)


def _merged(current: str, text: str) -> str:
    around = _STATE.sub("", current)
    theirs = _REGION.search(around)
    if theirs is None:
        text_around = around.rstrip()
        return f"{text_around}\n\n{text}\n" if text_around else f"{text}\n"
    return around[: theirs.start()] + text + around[theirs.end() :]


def _untick(text: str, refused: frozenset[str]) -> str:
    def unticked(match: re.Match[str]) -> str:
        box = "[ ]" if render.read_html_comment_id(match[4]) in refused else f"[{match[2]}]"
        return f"{match[1]}{box}{match[3]}"

    return _CHECKBOX.sub(unticked, text)


COMMENT = "<!-- medvl-watch:comment key="


def comment_line(key: str) -> str:
    """The last line of a comment of ours, by which it is found again."""
    return f"{COMMENT}{render.html_comment_id(key)} -->"


def issue_line(key: str) -> str:
    return f"<!-- medvl-watch:issue key={render.html_comment_id(key)} -->"


def issue_key(body: str) -> str | None:
    """The key of an issue of ours, or None if the body has none or more than one."""
    found = _ISSUE.findall(body)
    return render.read_html_comment_id(found[0]) if len(found) == 1 else None


def with_issue_key(body: str, key: str) -> str:
    """The body with its marker; unchanged if it is there."""
    if issue_key(body) == key:
        return body
    return f"{_ISSUE.sub('', body).rstrip()}\n\n{issue_line(key)}\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
