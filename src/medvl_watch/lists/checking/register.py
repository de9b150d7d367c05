"""The rules of `list check`: a name that people type, what finds it, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from medvl_watch.lists.checking.addresses import (
    find_bad_schemes,
    find_code_elsewhere,
    find_other_titles,
    find_redirects,
)
from medvl_watch.lists.checking.brackets import find_brackets
from medvl_watch.lists.checking.characters import find_decoded_twice, find_pdf_characters
from medvl_watch.lists.checking.checked_list import subject_of
from medvl_watch.lists.checking.duplicates import find_duplicates
from medvl_watch.lists.checking.findings import CheckRule, Finding
from medvl_watch.lists.checking.placeholders import find_empty_links, find_entries_without_link
from medvl_watch.lists.checking.shared_links import find_shared_addresses, find_shared_code
from medvl_watch.lists.checking.venue_spelling import find_misspelt_venues
from medvl_watch.lists.checking.venues import find_other_venues
from medvl_watch.lists.checking.words import find_glued_words, find_misspelt_values
from medvl_watch.lists.checking.years import find_wrong_years


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule and, in one clause, what it finds."""

    find: CheckRule
    meaning: str


RULES: dict[str, NamedRule] = {
    "duplicate": NamedRule(find_duplicates, "the same paper twice"),
    "shared-address": NamedRule(find_shared_addresses, "one address on two papers"),
    "shared-code": NamedRule(find_shared_code, "one code link on two papers"),
    "empty-link": NamedRule(find_empty_links, "a link without a target"),
    "no-link": NamedRule(find_entries_without_link, "an entry without any link, among linked ones"),
    "redirect": NamedRule(find_redirects, "a search engine's redirect around the real address"),
    "scheme": NamedRule(find_bad_schemes, "an address without https:// or with a broken one"),
    "code-target": NamedRule(find_code_elsewhere, "a code link that leads to no paper's code"),
    "other-title": NamedRule(find_other_titles, "an address that names another title"),
    "decoded-twice": NamedRule(find_decoded_twice, "characters that were decoded twice, or lost"),
    "pdf-characters": NamedRule(find_pdf_characters, "ligatures and split accents out of a PDF"),
    "year-heading": NamedRule(find_wrong_years, "an entry of another year than its section"),
    "venue-spelling": NamedRule(find_misspelt_venues, "a venue that is nearly a known one"),
    "other-venue": NamedRule(find_other_venues, "a venue that the address contradicts"),
    "value-spelling": NamedRule(find_misspelt_values, "a cell that is nearly what others say"),
    "glued-words": NamedRule(find_glued_words, "words that lost the blanks between them"),
    "brackets": NamedRule(find_brackets, "brackets that do not match, or escaped by mistake"),
}


def check(text: str, rules: tuple[str, ...] = ()) -> list[Finding]:
    """What these rules (all, if none is named) find in a list, in the order of its lines.

    Any text is accepted. Raises KeyError for a rule that is not in `RULES`.
    """
    subject = subject_of(text)
    found = [each for name in rules or tuple(RULES) for each in RULES[name].find(subject)]
    order = list(RULES)
    return sorted(found, key=lambda each: (each.line, order.index(each.rule), each.what))
