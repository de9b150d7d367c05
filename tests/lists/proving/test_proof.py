"""Edits that must pass the proof, and edits that must not, each a Markdown file in `edits/`.

A file has the list before, the list after with `++` before each line that is new and `~~` before
each that is gone, and the reason that a maintainer would read (empty where the edit is right).
"""

from pathlib import Path

import pytest

from medvl_watch.lists.parsing.document import parse
from medvl_watch.lists.proving.hunks import Hunk
from medvl_watch.lists.proving.proof import EntryClaim, ProposedEdit, prove
from medvl_watch.records import Record

CASES = sorted(Path(__file__).with_name("edits").glob("*.md"))
PAPER = Record(
    id="arxiv:2511.00001",
    arxiv_id="2511.00001",
    title="FreshNet: A Model for *Chest* Radiographs",
    url="https://arxiv.org/abs/2511.00001",
    code_urls=("https://github.com/x/freshnet",),
)


def proposed(marked: str) -> ProposedEdit:
    """The edit that a text with marked lines shows. Its entry is all that is new, but for
    headings, rules, definitions and HTML."""
    before: list[str] = []
    after: list[str] = []
    hunks: list[Hunk] = []
    entry: list[int] = []
    for line in marked.splitlines(keepends=True):
        old, new = len(before), len(after)
        if line.startswith("++"):
            after.append(line[2:])
            hunks.append(Hunk(start=old, end=old, new_start=new, new_end=new + 1))
            if line[2:].strip() and not line[2:].startswith(("#", "--", "[p", "<d", "<s", "</")):
                entry.append(new)
        elif line.startswith("~~"):
            before.append(line[2:])
            hunks.append(Hunk(start=old, end=old + 1, new_start=new, new_end=new))
        else:
            before.append(line)
            after.append(line)
    result = parse("".join(after))
    claims = []
    if entry:
        home = next((e for e in result.entries if e.start == entry[0]), result.entries[0])
        section = result.path_of(home)
        count = entry[-1] + 1 - entry[0]
        claims = [EntryClaim(paper=PAPER, section=section, start=entry[0], count=count)]
    return ProposedEdit(
        before=parse("".join(before)), after=result, hunks=_joined(hunks), claims=claims
    )


def _joined(hunks: list[Hunk]) -> list[Hunk]:
    """A line that is gone and the new one right below it are one change."""
    joined: list[Hunk] = []
    for hunk in hunks:
        last = joined[-1] if joined else None
        if last and (last.end, last.new_end) == (hunk.start, hunk.new_start):
            joined[-1] = Hunk(
                start=last.start, end=hunk.end, new_start=last.new_start, new_end=hunk.new_end
            )
        else:
            joined.append(hunk)
    return joined


def cases() -> list[tuple[str, str, str]]:
    """Each case's title, marked text and reason."""
    found = []
    for path in CASES:
        for part in path.read_text(encoding="utf-8").split("\n# === ")[1:]:
            title, _, rest = part.partition("\n")
            marked, _, reason = rest.partition("\n# --- ")
            found.append((f"{path.stem}: {title}", marked.strip("\n") + "\n", reason.strip()))
    return found


@pytest.mark.parametrize(
    ("marked", "reason"),
    [pytest.param(marked, reason, id=title) for title, marked, reason in cases()],
)
def test_an_edit_is_right_or_wrong_for_a_reason(marked: str, reason: str) -> None:
    flaw = prove(proposed(marked))
    assert (flaw.reason if flaw else "right") == reason


def test_a_line_changed_elsewhere_is_found() -> None:
    before = parse("# A\n\n- One work on images. [paper](https://arxiv.org/abs/2401.00001)\n")
    after = parse("# A\n\n- One work on Images. [paper](https://arxiv.org/abs/2401.00001)\n")
    flaw = prove(ProposedEdit(before=before, after=after, hunks=()))
    assert flaw
    assert flaw.reason == "an old line would not survive"
