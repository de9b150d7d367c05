"""Patterns in English that address a machine as the reader, or tell it to forget its rules.

Each entry is a pair: cue words and a pattern. Every sentence that the pattern matches has one
of the cue words, so most patterns need not be tried on most sentences. Groups of cue words are
separated by `&`: with `a b & c d` a matching sentence has a or b, and c or d. In a pattern, a
blank stands for any separator between two words, and `<3>` for at most three words in between.
Repetitions are bounded, so matching takes time linear in the length of the text.
"""

from __future__ import annotations

from medvl_watch.injection.vocabulary import (
    ACCEPT_OR_JUDGE,
    EARLIER,
    MACHINE,
    MACHINE_WORDS,
    READER,
    READER_WORDS,
    RULES,
    SENTENCE_START,
)

FORGET_INSTRUCTIONS = (
    (
        "ignore disregard forget override bypass skip",
        (
            "(?:ignore|disregard|forget|override|bypass|skip) (?:the |of )?"
            f"(?:{EARLIER} (?:of |the )?){{1,4}}{RULES}"
        ),
    ),
    (
        "ignore disregard forget",
        (
            "(?:ignore|disregard|forget) (?:everything|anything|all) (?:<2>above|before|previously"
            "|you (?:were|have|know)|said before|that (?:was|came) before)"
        ),
    ),
    (
        "ignore disregard forget skip",
        f"{SENTENCE_START}(?:ignore|disregard|forget|skip) the <2>(?:title|abstract|{RULES})",
    ),
    (
        "skip bypass relax lift",
        f"(?:skip|bypass|relax|lift) (?:the |all )<1>(?:relevance|inclusion|selection) {RULES}",
    ),
    ("above", f"{RULES} (?:given )?above"),
    ("now", "from now on <2>you"),
    ("bound", "you are (?:now )?(?:no longer )?bound"),
    ("stop", f"{SENTENCE_START}stop (?:judging|reading|reviewing|evaluating|classifying)"),
    (
        "enter enable activate",
        (
            f"{SENTENCE_START}(?:enter|enable|activate) "
            "(?:developer|admin|debug|god|unrestricted) mode"
        ),
    ),
    (
        "pretend act behave respond",
        (
            f"{SENTENCE_START}(?:pretend|act|behave|respond) (?:to be|as|like) an? <2>"
            "(?:assistant|curator|reviewer|model|bot|classifier|expert|maintainer|editor)"
        ),
    ),
)
"""Instructions to forget what came before."""

MACHINE_ADDRESSES = (
    (
        "note message instruction instructions dear",
        (
            f"(?:note|message|instructions?|dear) (?:to|for) (?:the |any |all ){{0,2}}{MACHINE}"
            r"(?:\W{0,5}[:,;]| (?:reading|reviewing|that|which|who))"
        ),
    ),
    (
        f"{MACHINE_WORDS} {READER_WORDS}",
        (
            rf"{SENTENCE_START}(?:(?:note|message|instructions?) )?(?:to|for) "
            "(?:the |any |all )?<2>"
            rf"(?:{MACHINE} <1>{READER}|{MACHINE}|(?:list )?{READER}(?: and their bots?)?)"
            r"\W{0,2}:"
        ),
    ),
    (
        "note message",
        (
            rf"(?:note|message) (?:to|for) (?:the |all |any )?(?:list |paper )?{READER}"
            r"(?: and their bots?)?\W{0,2}:"
        ),
    ),
    ("dear", f"{SENTENCE_START}dear {MACHINE}"),
    ("attention", rf"{SENTENCE_START}attention,? (?:all |any |the )?{MACHINE}[^.]{{0,40}}[:!]"),
    (
        "read reads reading process processes processing parsing seeing",
        (
            f"(?:{MACHINE}|systems?) (?:that |which )?"
            "(?:reads?|reading|process(?:es|ing)?|parsing|seeing) this"
        ),
    ),
    (
        "instruction instructions",
        r"(?:new|updated|additional|hidden|important|special|secret) instructions?\W{0,5}:",
    ),
    (
        "hidden secret special",
        "(?:hidden|secret|special) instructions? is (?:to|that)",
    ),
    (
        "system developer",
        r"(?:system|developer) (?:prompt|message|note|override)\W{0,5}:",
    ),
    (
        "note notes",
        r"(?:screening|editorial|curation|curator|indexing|reviewing) notes?\W{0,3}:",
    ),
    (
        "you",
        (
            "you are (?:now )?(?:an? |the )?<1>"
            "(?:ai|assistant|classifier|chatbot|language model|llm|reviewer|bot|curator)"
        ),
    ),
    (
        "you",
        (
            "you (?:must|should|shall|will|have to|need to"
            "|are (?:required|asked|instructed|told) to) <2>"
            f"(?:{ACCEPT_OR_JUDGE}|output|respond|answer|reply|return|say|ignore)"
        ),
    ),
    ("you", f"if you are an? <1>{MACHINE}"),
    ("you", f"(?:unless|if) you (?:{ACCEPT_OR_JUDGE}|reject) (?:this|it)"),
    (
        "your",
        (
            "your (?:only )?task is (?:now )?to "
            "(?:accept|include|propose|recommend|approve|answer|output)"
        ),
    ),
    (
        "begin end",
        (
            f"{SENTENCE_START}(?:begin|end) "
            "(?:system|of (?:the )?(?:untrusted|paper|abstract|document))"
        ),
    ),
    ("order", f"{SENTENCE_START}by order of"),
    (
        "update updates change changes",
        r"(?:policy|rules?|criteria) (?:update|change)s? (?:for|to) <3>\w+\W{0,2}:",
    ),
    ("ai", "as an ai (?:language )?(?:model|assistant)"),
)
"""Texts that address a machine, or a person in the role of the machine."""
