"""The words that people read for what verdicts name by ids: one table, for all that is shown.

JSON, the ledger and the records keep the ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from medvl_watch.publish.characters import clean
from medvl_watch.records import SET_ASIDE, EventKind, PaperEvent, Verdict

NO_ABSTRACT = "no-abstract"
LONGEST_ASIDE = 160
"""Characters that are shown of a text that was set aside."""

FLAGS: Mapping[str, str] = MappingProxyType(
    {
        NO_ABSTRACT: "no abstract: its title alone was judged",
        "not-english": "its abstract does not seem to be English, which alone is understood",
        "text-cut": "its text is very long: only the beginning was judged",
        "suspicious-text": "some of its text seems to speak to a machine and was set aside",
        "rests-on-one-sentence": "nothing but one sentence of it speaks for the subject",
        "withdrawn": "withdrawn by its authors",
        "unreadable": "its line could not be read",
        "identity-in-doubt": "it may be the same work as a paper recorded earlier",
        "llm-fallback": "the language model gave no answer of use",
        "llm-quote-dropped": "the language model quoted words that the paper does not have",
        "llm-says-suspicious": "the language model takes some of its text for orders to a machine",
        "llm-praises-rejected": "the language model praises it, but its words say that it does "
        "not belong; it may contain an instruction to a model",
        "llm-disagrees": "the language model and the words of the paper say different things",
    }
)
"""By a verdict's flags; what a flag says after a colon stays."""


def flag_in_words(flag: str) -> str:
    """The text shown for a flag; a flag that is not in the table is shown unchanged."""
    name, colon, why = flag.partition(": ")
    text = FLAGS.get(name)
    return f"{text} ({why})" if text and colon else text or flag


def event_in_words(event: PaperEvent) -> str:
    """What happened to a paper, as a clause. Titles and venues in it are a stranger's: whoever
    prints it encodes it."""
    words = {
        EventKind.PUBLISHED: f"published: {_shortened(event.now)}",
        EventKind.CODE_RELEASED: f"its code was released: {_shortened(event.now)}",
        EventKind.RENAMED: f"renamed, before: “{_shortened(event.was)}”",
        EventKind.WITHDRAWN: "withdrawn",
        EventKind.RETRACTED: "retracted",
        EventKind.CORRECTED: "a correction or an addendum was published",
        EventKind.CONCERN: "an expression of concern was published",
    }
    return words[event.kind]


def set_aside_in_words(verdict: Verdict) -> list[str]:
    """The text that was set aside, shortened, so that a person sees what the flag is about. It
    is a stranger's: whoever prints it encodes it."""
    return [
        f"set aside in the {each.field}: “{_shortened(each.quote)}”"
        for each in verdict.evidence
        if each.speaks_for == SET_ASIDE
    ]


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if not clean(text).text.strip():
        return "(hidden characters)"
    return text if len(text) < LONGEST_ASIDE else f"{text[: LONGEST_ASIDE - 1]}…"
