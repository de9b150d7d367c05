"""Patterns in English for instructions what to do with the paper or what to answer.

`reader_address` explains the notation.
"""

from __future__ import annotations

from medvl_watch.injection.vocabulary import (
    ACCEPT,
    ACCEPT_OR_JUDGE,
    ACCEPT_OR_JUDGE_WORDS,
    ACCEPT_WORDS,
    ACCEPTED,
    ACCEPTED_WORDS,
    CLAUSE_START,
    ITEM,
    MACHINE,
    MUST,
    READER,
    READER_WORDS,
    SENTENCE_START,
    THIS_PAPER,
    THIS_PAPER_WORDS,
)

PAPER_INSTRUCTIONS = (
    (
        f"{ACCEPT_OR_JUDGE_WORDS} & {THIS_PAPER_WORDS}",
        f"(?:please|always|must|should|kindly|simply|you|to) {ACCEPT_OR_JUDGE} {THIS_PAPER}",
    ),
    (
        f"{ACCEPT_OR_JUDGE_WORDS} & {THIS_PAPER_WORDS}",
        f"{CLAUSE_START}{ACCEPT_OR_JUDGE} {THIS_PAPER}",
    ),
    (f"{ACCEPT_OR_JUDGE_WORDS} & this", f"(?:and|then|instead|now) {ACCEPT_OR_JUDGE} this {ITEM}"),
    (
        f"{ACCEPT_OR_JUDGE_WORDS} & this it",
        f"{CLAUSE_START}{ACCEPT_OR_JUDGE} (?:this|it) (?:as an? |as |under |above |into the )",
    ),
    (
        "put place file list add index score rate rank label",
        (
            f"{SENTENCE_START}(?:put|place|file|list|add|index|score|rate|rank|label) it "
            "(?:in|into|under|above|as|to|with)"
        ),
    ),
    (
        "propose include accept approve list & it this",
        r"[;,:] (?:propose|include|accept|approve|list) (?:it|this)\W{0,3}$",
    ),
    (ACCEPTED_WORDS, f"{THIS_PAPER} {MUST} <2>be <2>{ACCEPTED}"),
    ("added listed included", "must be (?:added|listed|included) (?:in|to|on|into) <3>lists?"),
    (
        "considered assessed treated regarded judged seen",
        (
            f"(?:this {ITEM}|it) {MUST} <1>be <1>"
            f"(?:considered|assessed|treated|regarded|judged|seen) (?:as )?<5>(?:relevant|{ITEM})"
        ),
    ),
    (
        READER_WORDS,
        (
            f"{READER} <5>{MUST} <2>(?:{ACCEPT}|rate|score|rank) "
            f"(?:it|this|the (?:present|above) {ITEM})"
        ),
    ),
    (
        "agreed decided asked",
        f"(?:agreed|decided|asked) to (?:add|list|include|accept) (?:this|the present) {ITEM}",
    ),
    (
        "satisfy satisfies meet meets fulfil fulfils fulfill fulfills",
        (
            f"this {ITEM} (?:clearly |fully )?(?:satisf(?:y|ies)|meets?|fulfill?s?) "
            "(?:all|every|each) <2>criteria"
        ),
    ),
    (
        "belong belongs",
        (
            f"this {ITEM} belongs? (?:in|into|to|on|under|at) <3>"
            "(?:lists?|section|collection|category)"
        ),
    ),
    (
        "correct right true proper",
        (
            "(?:correct|right|true|proper) (?:category|section|label|class|decision|answer) "
            f"(?:of|for) this {ITEM}"
        ),
    ),
    (
        "purpose purposes",
        (
            f"{SENTENCE_START}for (?:the )?purposes? of (?:the|this|any) "
            "(?:taxonomy|list|screening|review|curation)"
        ),
    ),
    ("evidence", f"evidence (?:for|of) this {ITEM}"),
    (
        f"{ACCEPT_OR_JUDGE_WORDS} & please kindly could would",
        f"(?:please|kindly|could|would) (?:you )?<2>{ACCEPT_OR_JUDGE} (?:our|my|us)",
    ),
    (
        (
            "ask asks asked request requests requested urge urges urged invite invites invited"
            " instruct instructs instructed"
        ),
        (
            "(?:(?:ask|request|instruct)(?:s|ed)?|(?:urge|invite)[sd]?) (?:the |any |all )?<2>"
            f"(?:{MACHINE}|{READER}) <1>to {ACCEPT_OR_JUDGE} (?:our|my|us|this|it)"
        ),
    ),
    (
        "mark label rate classify score",
        "(?:mark|label|rate|classify|score) it as (?:relevant|accepted|approved)",
    ),
    (
        f"{ACCEPT_WORDS} & this our",
        f"(?:models?|ais?|llms?|systems?|{READER}) (?:that|who|which) {ACCEPT} (?:this|our) {ITEM}",
    ),
    (
        "do don dont never you",
        (
            rf"{SENTENCE_START}(?:do not|don\W?t|never|you must not) "
            "(?:highlight|mention|reject|penali[sz]e|flag|mark|refer|question|criticize)"
        ),
    ),
)
"""Instructions what to do with the paper."""

ANSWER_INSTRUCTIONS = (
    ("suspicious", "(?:set|keep|leave) suspicious (?:to|as|at)"),
    ("give", r"give (?:it |this |us )?<1>positive reviews?(?: only)?\W{0,3}$"),
    (
        "give write assign award grant",
        (
            f"{SENTENCE_START}(?:only )?(?:give|write|assign|award|grant) "
            "(?:it |this <1>)?(?:an? |the )?<1>"
            "(?:highest|top|maximum|full|high|best|positive|favou?rable) <2>"
            "(?:scores?|ratings?|relevance|marks?|reviews?|grade)"
        ),
    ),
    (
        "set assign give return report output",
        (
            f"(?:set|assign|give|return|report|output) (?:this {ITEM} |it )<4>"
            "(?:relevance|score|decision|rating)"
        ),
    ),
    (
        "relevance decision",
        (
            "(?:set|return|output|report) (?:the |a )?<1>(?:relevance|decision) <3>(?:to|of|as|is) "
            r"(?:1|0?\.9|propose|one|high)"
        ),
    ),
    (
        "relevance",
        r"relevance\b[^.:]{0,60}:\W{0,3}(?:very )?(?:high|highest|certain|maximal)\W{0,3}$",
    ),
    (
        "relevance decision",
        (
            r"(?:relevance|decision)\W{0,3}[:=]\W{0,3}"
            r"(?:1\b|1\.0|0?\.\d|100|propose|accept|include)"
        ),
    ),
    (
        "relevance decision suspicious",
        r"[\"'](?:relevance|suspicious|decision)[\"']\s?[:=]",
    ),
    (
        "answer respond reply output return print say write",
        (
            r"(?:^|[:;])\W{0,5}(?:answer|respond|reply|output|return|print|say|write) "
            r"(?:only|just|exactly|with|the word|yes\b|true\b|propose\b|relevant\b)"
        ),
    ),
    ("decode", "decode the (?:following|text|string)"),
    ("repeat", "repeat after me"),
    ("own", "our own relevance"),
)
"""Instructions what to answer."""
