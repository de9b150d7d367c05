"""Text that speaks to a machine instead of to readers: found, set aside and reported.

A title or abstract may carry instructions to a model, by mischief or as a trial. Sentences
that do are left out of every score, so they can neither raise nor lower it; the paper is
flagged and goes to a person. This is a net for the usual forms, not a proof: that is why a
flagged paper is never proposed by itself, and why a model never reads such text unfenced.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

FLAG = "suspicious-text"

# Characters that show nothing. Some have their place in names and formulas (soft hyphen,
# variation selectors); in these fields the telltale ones have none.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_TELLTALE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?\n]+|$)")

_ITEMS = (
    *("paper", "work", "article", "submission", "abstract", "record", "entry", "preprint"),
    "manuscript",
)
_ACTS = (
    *("include", "accept", "propose", "approve", "recommend", "add", "list", "select", "merge"),
    *("keep", "admit", "classify", "label", "rate", "score", "rank", "mark", "tag", "judge"),
    *("categorize", "categorise", "treat", "consider", "assign", "give", "set", "return"),
    *("report", "output"),
)

TRIGGERS = (
    *("ignorier*", "vergiss", "missachte*", "ignorez", "ignorer", "oublie*", "ignora*", "ignore*"),
    *(
        "olvid*",
        "haz caso omiso",
        "disregard",
        "forget",
        "override",
        "bypass",
        "you",
        "dear",
        "as an ai",
    ),
    *("instruct* above", "prompt* above", "rules above", "guidelines above", "criteria above"),
    *("instruct* given above", "prompt* given above", "rules given above"),
    *("note to", "note for", "message to", "message for", "instruct* to", "instruct* for"),
    *("set the", "return the", "output the", "report the", "set relevance", "return relevance"),
    *(f"{act} {which}" for act in _ACTS for which in ("this", "the present", "the above", "it")),
    *(f"{act} {which}" for act in _ACTS for which in ("the following", "the current")),
    *(f"{item} {must}" for item in _ITEMS for must in ("must", "should", "has to", "needs to")),
    *(f"{item} {must}" for item in _ITEMS for must in ("shall", "is to")),
    *(
        f"{say} {how}"
        for say in ("answer", "respond", "reply", "output")
        for how in ("only", "with")
    ),
    *(f"{say} {how}" for say in ("return", "print", "say", "write") for how in ("only", "with")),
    *(f"{say} the word" for say in ("answer", "respond", "reply", "output", "say", "write")),
    *(
        f"{say} {how}"
        for say in ("answer", "reply", "output", "return")
        for how in ("just", "exactly")
    ),
)
"""Terms one of which is in every suspicious text that is plain ASCII and has none of the marks
of `deserves_a_look`: a cheap first look, for those who look for terms anyway."""

_LONGEST = [max(trigger.split(), key=len) for trigger in TRIGGERS]
_CUES = frozenset(word for word in _LONGEST if "*" not in word)
_CUE_STEMS = tuple(sorted({word.strip("*") for word in _LONGEST if "*" in word}))
_WORDS = re.compile(r"[a-z0-9]+")

_TAGS = (
    *("<|", "</", "<<", "<sys", "<user", "<assis", "<instr", "<prompt", "<tool", "<script"),
    *("<paper", "<untrusted", "<im_", "<end", "<start"),
)
_BRACKETS = ("[inst", "[sys", "[/", "[assis")
_SPEAKERS = (
    *("prompt", "instruction", "instructions", "message", "override", "note", "system"),
    *("assistant", "human", "user", "relevance", "decision"),
)
_BEFORE_COLON = tuple(speaker + mark for speaker in _SPEAKERS for mark in ("", " ", '"', "'"))
_AFTER_COLON = (" answer", " respond", " reply", " output", " return", " print")

_ITEM = r"(?:paper|work|article|submission|abstract|record|entry|preprint|manuscript)"
_TAKE = r"(?:include|accept|propose|approve|recommend|add|list|select|merge|keep|admit)"
_JUDGE = r"(?:classify|label|rate|score|rank|mark|tag|categori[sz]e|judge|treat|consider|assign)"
_EARLIER = (
    r"(?:all|any|every|each|these|those|your|previous|prior|preceding|earlier|above|former|"
    r"foregoing|existing|system|initial|original)"
)
_MACHINE = (
    r"(?:ai|llms?|large\s{1,3}language\s{1,3}models?|language\s{1,3}models?|automated|bots?|"
    r"classifiers?|assistants?|reviewing\s{1,3}models?|models?\s{1,3}reading|curation)"
)
_ORDERS = (
    # what came before is to be forgotten
    (
        rf"\b(?:ignore|disregard|forget|override|bypass)\W{{1,5}}(?:the\W{{1,5}}|of\W{{1,5}})?"
        rf"(?:{_EARLIER}\W{{1,5}}(?:of\W{{1,5}}|the\W{{1,5}})?){{1,4}}"
        r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|commands?|criteria)\b"
    ),
    r"\b(?:instructions?|prompts?|rules?|guidelines?|criteria)\W{1,5}(?:given\W{1,5})?above\b",
    # an address to the reader that is no reader
    (
        rf"\b(?:note|message|instructions?|dear)\W{{1,5}}(?:(?:to|for)\W{{1,5}})"
        rf"(?:the\W{{1,5}}|any\W{{1,5}}|all\W{{1,5}}){{0,2}}{_MACHINE}(?:\W{{0,5}}[:,;]|\W{{1,5}}"
        r"(?:reading|reviewing|that|which|who)\b)"
    ),
    rf"^\W{{0,5}}dear\W{{1,5}}{_MACHINE}\b",
    r"\b(?:new|updated|additional|hidden|important|special)\W{1,5}instructions?\W{0,5}:",
    r"\b(?:system|developer)\W{1,5}(?:prompt|message|note|override)\W{0,5}:",
    (
        r"\byou\W{1,5}are\W{1,5}(?:now\W{1,5})?(?:an?\W{1,5}|the\W{1,5})?(?:\w{1,30}\W{1,5})?"
        r"(?:ai|assistant|classifier|chatbot|language\W{1,5}model|llm|reviewer|bot|curator)\b"
    ),
    (
        r"\byou\W{1,5}(?:must|should|shall|will|are\W{1,5}(?:required|asked|instructed|told)\W{1,5}to|"
        r"have\W{1,5}to|need\W{1,5}to)\W{1,5}(?:\w{1,30}\W{1,5}){0,2}?(?:classify|include|accept|"
        r"propose|recommend|label|rate|score|rank|mark|assign|output|respond|answer|reply|return|list|"
        r"approve|add|say|put|ignore)\b"
    ),
    r"\bas\W{1,5}an\W{1,5}ai\W{1,5}(?:language\W{1,5})?(?:model|assistant)\b",
    # what is to be done with the paper
    (
        rf"\b(?:please|always|must|should|kindly|simply|you|to)\W{{1,5}}(?:{_TAKE}|{_JUDGE})\W{{1,5}}"
        rf"(?:this|the\W{{1,5}}(?:present|above|following|current))\W{{1,5}}{_ITEM}\b"
    ),
    (
        rf"(?:^|[:;,])\W{{0,5}}(?:{_TAKE}|{_JUDGE})\W{{1,5}}"
        rf"(?:this|the\W{{1,5}}(?:present|above|following|current))\W{{1,5}}{_ITEM}\b"
    ),
    rf"\b(?:and|then|instead|now)\W{{1,5}}(?:{_TAKE}|{_JUDGE})\W{{1,5}}this\W{{1,5}}{_ITEM}\b",
    (
        rf"\b(?:this|the\W{{1,5}}present)\W{{1,5}}{_ITEM}\W{{1,5}}(?:must|has\W{{1,5}}to|needs\W{{1,5}}to|"
        r"should|shall|is\W{1,5}to)\W{1,5}(?:\w{1,30}\W{1,5}){0,2}?be\W{1,5}(?:\w{1,30}\W{1,5}){0,2}?"
        r"(?:included|accepted|proposed|listed|classified|labell?ed|rated|ranked|added|marked|approved|"
        r"scored|recommended)\b"
    ),
    (
        rf"\b(?:set|assign|give|return|report|output)\W{{1,5}}(?:this\W{{1,5}}{_ITEM}\W{{1,5}}|it\W{{1,5}})"
        r"(?:\w{1,30}\W{1,5}){0,4}?(?:relevance|score|decision|rating)\b"
    ),
    (
        r"\b(?:set|return|output|report)\W{1,5}(?:the\W{1,5}|a\W{1,5})?(?:\w{1,30}\W{1,5})?"
        r"(?:relevance|decision)\W{1,5}(?:\w{1,30}\W{1,5}){0,3}?(?:to|of|as|is)\W{1,5}(?:1|0?\.9|propose)"
    ),
    r"\b(?:relevance|decision)\W{0,3}[:=]\W{0,3}(?:1\b|1\.0|0?\.9|100|propose|accept|include)",
    # what is to be answered
    (
        r"(?:^|[:;])\W{0,5}(?:answer|respond|reply|output|return|print|say|write)\W{1,5}"
        r"(?:only|just|exactly|with|the\W{1,5}word|yes\b|true\b|propose\b|relevant\b)"
    ),
    # role marks of chat models, and scripts
    r"<\W{0,2}(?:im_start|im_end|endoftext|end_of_turn|start_of_turn)\b",
    r"</?\|?(?:system|user|assistant|instructions?|prompt|tool_call|script|paper|untrusted)\|?>",
    r"\[/?(?:inst|sys|system|assistant)\]|<</?sys>>",
    r"#{2,5}\s{0,5}(?:system|instruction|assistant|user|human|response|new\W{1,5}task)",
    r"(?:^|[\n\"'])\s{0,5}(?:system|assistant|human|user)\s{0,3}:\s",
    # the same in other languages
    (
        r"\b(?:ignorier\w{0,9}|vergiss|missachte\w{0,9})\W{1,5}(?:\w{1,30}\W{1,5}){0,4}?"
        r"(?:anweisung\w{0,9}|regeln|vorgaben|instruktion\w{0,9})"
    ),
    (
        r"\b(?:ignore[zr]?|oublie[zr]?)\W{1,5}(?:\w{1,30}\W{1,5}){0,4}?(?:consignes?|r[èe]gles|"
        r"instructions?\W{1,5}pr[ée]c[ée]dentes?)"
    ),
    (
        r"\b(?:ignor[ae]d?|olvid[ae]|haz\W{1,5}caso\W{1,5}omiso)\W{1,5}(?:\w{1,30}\W{1,5}){0,4}?"
        r"(?:instrucci\w{1,9}|instru[çc]\w{1,9}|reglas|regras|istruzioni|regole)"
    ),
    r"\bигнорир\w{1,9}\W{1,5}(?:\w{1,30}\W{1,5}){0,4}?(?:инструкц|указани|правил)",  # noqa: RUF001
    r"(?:忽略|无视|忽視|無視).{0,12}(?:指令|指示|说明|說明|规则|規則|提示|命令)",
    r"(?:以前|前|上記|これまで)の.{0,8}(?:指示|命令|ルール).{0,6}(?:無視|忘れ)",
    r"(?:이전|위의|앞의).{0,8}(?:지시|명령|규칙|프롬프트).{0,8}(?:무시|잊)",
    r"(?:تجاهل|انس).{0,20}(?:تعليمات|التعليمات|الأوامر)",
)
_ORDER = re.compile("|".join(f"(?:{order})" for order in _ORDERS))


class Span(NamedTuple):
    """text[start:end] is set aside."""

    start: int
    end: int


def suspicious_spans(text: str) -> tuple[Span, ...]:
    """The sentences that speak to a model or hide characters, as spans of the text as given.

    Time is linear in the text: repeats in the patterns are bounded.
    """
    return tuple(
        Span(match.start(), match.end())
        for match in _SENTENCE.finditer(text)
        if _has_a_cue(match.group()) and _suspicious(match.group())
    )


def _has_a_cue(sentence: str) -> bool:
    """Whether the sentence may be suspicious, as far as can be told without its patterns: it
    has a word of a trigger or one of the marks."""
    if deserves_a_look(sentence):
        return True
    low = sentence.lower()
    words = _WORDS.findall(low)
    return not _CUES.isdisjoint(words) or any(stem in low for stem in _CUE_STEMS)


def deserves_a_look(text: str) -> bool:
    """Whether the text's characters alone are reason enough to look closely."""
    if not text.isascii():
        return True
    low = text.lower()
    return (
        "##" in low
        or ("<" in low and any(tag in low for tag in _TAGS))
        or ("[" in low and any(bracket in low for bracket in _BRACKETS))
        or (":" in low and _has_telling_colon(low))
        or ("=" in low and any(low.endswith(_SPEAKERS, 0, at) for at in _places("=", low)))
    )


def _has_telling_colon(low: str) -> bool:
    return any(
        low.endswith(_BEFORE_COLON, 0, at) or low.startswith(_AFTER_COLON, at + 1)
        for at in _places(":", low)
    )


def _places(mark: str, text: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _suspicious(sentence: str) -> bool:
    low = sentence.lower()
    if not low.isascii():
        if _TELLTALE.search(low):
            return True
        low = unicodedata.normalize("NFKC", _HIDDEN.sub("", low)).lower()
    return _ORDER.search(low) is not None


def without(text: str, spans: tuple[Span, ...]) -> str:
    """The text with those spans blanked out; every other character keeps its place."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
