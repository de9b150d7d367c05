"""The words of instructions to a machine, as alternatives for patterns and lists of cue words.

A name that ends in `_WORDS` is a list of words separated by blanks; the name without it is the
regular expression that matches one of them.
"""

from __future__ import annotations

ITEM = (
    "(?:paper|work|article|submission|abstract|record|entry|preprint|manuscript|text|study|piece)"
)
THIS_PAPER_WORDS = "this present above following current"
THIS_PAPER = f"(?:this|the (?:present|above|following|current)) {ITEM}"
ACCEPT_WORDS = (
    "include accept propose approve recommend add list select merge keep admit index feature"
    " publish promote cite"
)
JUDGE_WORDS = (
    "classify label rate score rank mark tag categorize categorise judge treat consider assign file"
    " place put assess regard index"
)
ACCEPTED_WORDS = (
    "included accepted proposed listed classified labeled labelled rated ranked added marked"
    " approved scored recommended indexed filed admitted selected"
)
MACHINE_WORDS = (
    "ai llm llms language automated bot bots classifier classifiers assistant assistants model"
    " models curation chatbot chatbots gpt machine machines"
)
READER_WORDS = (
    "reviewer reviewers curator curators maintainer maintainers editor editors classifier"
    " classifiers bot bots grader graders"
)


def _alternatives(words: str) -> str:
    return f"(?:{words.replace(' ', '|')})"


ACCEPT, ACCEPTED = _alternatives(ACCEPT_WORDS), _alternatives(ACCEPTED_WORDS)
ACCEPT_OR_JUDGE_WORDS = f"{ACCEPT_WORDS} {JUDGE_WORDS}"
ACCEPT_OR_JUDGE = _alternatives(ACCEPT_OR_JUDGE_WORDS)
READER = _alternatives(READER_WORDS)
EARLIER = (
    "(?:all|any|every|each|these|those|your|previous|prior|preceding|earlier|above|former"
    "|foregoing|existing|system|initial|original)"
)
RULES = "(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|commands?|criteria)"
MACHINE = (
    "(?:ai|llms?|large language models?|language models?|automated|bots?|classifiers?|assistants?"
    "|reviewing models?|models? reading|curation|chatbots?|gpt|machines?)"
)
MUST = "(?:must|should|shall|has to|have to|needs? to|ought to|is to|are to|will)"
SENTENCE_START = r"^\W{0,5}"
CLAUSE_START = r"(?:^|[:;,])\W{0,5}"
