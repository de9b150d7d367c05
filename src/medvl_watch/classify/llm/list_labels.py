"""Writes the sections of lists for a prompt, each with a label that an answer can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from medvl_watch.classify.llm.cleaning import clean_text
from medvl_watch.classify.llm.protocols import CandidateSection, ListCandidates
from medvl_watch.classify.prompt import fence
from medvl_watch.classify.sections.targets import VENUE
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.injection import detection
from medvl_watch.records import Headings

MOST_SECTIONS = 40
"""The most sections of one list in a question."""
MOST_WITH_ENTRIES = 12
"""The most sections of one list that are shown with entries; others are headings alone."""
_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 120
_LONGEST_HEADING = 80
_NOTHING = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSections:
    """The part of a question about the sections of lists.

    `text` goes into the prompt. `targets` has for each label the id of the list and the path of
    the section; the path is empty for the label that says that no section fits. `key` depends on
    lists and sections, not on the entries shown. `fields` are the described fields to ask for.
    """

    text: str = "none"
    key: str = ""
    targets: Mapping[str, tuple[str, Headings]] = field(default_factory=dict)
    fields: tuple[str, ...] = ()


def label_sections(lists: Sequence[ListCandidates], secret: str) -> LabelledSections:
    """Number the sections: `A1` is the first section of the first list, `A0` none of its
    sections. Strangers may edit lists, so their text stands between fences."""
    blocks: list[str] = []
    targets: dict[str, tuple[str, Headings]] = {}
    for letter, each in zip(ascii_uppercase, lists, strict=False):
        rows = [f"{letter}{_NOTHING} none of the sections of this list"]
        targets[f"{letter}{_NOTHING}"] = (each.list_id, ())
        shown = each.sections[:MOST_SECTIONS]
        has_list_title = len({section.path[:1] for section in shown}) == 1
        for number, section in enumerate(shown, start=1):
            rows.append(f"{letter}{number} {_row(section, section.path[has_list_title:])}")
            targets[f"{letter}{number}"] = (each.list_id, section.path)
        title = clean_text(each.title)[:_LONGEST_HEADING]
        blocks.append(f"List {letter}: {title}\n" + "\n".join(rows))
    fields = tuple(dict.fromkeys(name for each in lists for name in each.fields))
    if not blocks:
        return LabelledSections(fields=fields)
    return LabelledSections(
        text=fence("\n\n".join(blocks), secret),
        key=repr(sorted(targets.items())),
        targets=targets,
        fields=fields,
    )


def _row(section: CandidateSection, path_below: Headings) -> str:
    """One section; `path_below` is its path without the title of the list."""
    headings = [each for each in path_below if each not in {YEAR, VENUE}]
    path = " > ".join(_harmless(each)[:_LONGEST_HEADING] for each in headings) or "by year"
    titles = [_harmless(each)[:_LONGEST_EXAMPLE] for each in section.examples[:_MOST_EXAMPLES]]
    examples = "; ".join(f'"{each}"' for each in titles if each)
    return f"{path} (e.g. {examples})" if examples else path


def _harmless(text: str) -> str:
    """The cleaned text; nothing if it addresses a model."""
    return "" if detection.suspicious_spans(text, thorough=True) else clean_text(text)
