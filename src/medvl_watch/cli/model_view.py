"""What a language model answered about a paper, as a person and a program read it."""

from __future__ import annotations

from medvl_watch.classify.sections.targets import VENUE
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.publish.render import terminal
from medvl_watch.records import ListSection, Verdict

_LLM = "llm"


def model_in_words(verdict: Verdict) -> list[str]:
    """One line for each part of the answer; none if no model's answer counts in the verdict."""
    if verdict.classifier != _LLM:
        return []
    relevance = next((each.weight for each in verdict.evidence), None)
    said = [] if relevance is None else [f"it belongs with a probability of {relevance:.2f}"]
    said += [_section_in_words(each) for each in verdict.list_sections]
    said += [f"{each.field}: {terminal(each.text)}" for each in verdict.descriptions]
    return said


def model_as_json(verdict: Verdict) -> dict[str, object]:
    """The parts of the answer; empty if there are none."""
    sections = [
        {
            "list": each.list_id,
            "section": list(each.path),
            "score": round(each.score, 4),
            "trust": round(each.trust, 4),
        }
        for each in verdict.list_sections
    ]
    described = {each.field: each.text for each in verdict.descriptions}
    return {
        **({"list_sections": sections} if sections else {}),
        **({"described": described} if described else {}),
    }


def _section_in_words(choice: ListSection) -> str:
    titles = [each for each in choice.path if each not in {YEAR, VENUE}]
    section = " > ".join(titles) if choice.path else "no section fits"
    return terminal(f"on {choice.list_id}: {section or 'by year'} ({choice.score:.2f})")
