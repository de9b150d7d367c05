"""Names of venues: what a curator may write, what is refused, and how each is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from medvl_watch.errors import ConfigError
from medvl_watch.lists.fields.dates_and_venues import is_journal, is_venue
from medvl_watch.lists.style.samples import venue_key
from medvl_watch.papers.known_venues import (
    bundled_venues_path,
    known_name,
    names,
    use_venues,
    venues_in_use,
)
from medvl_watch.papers.venue_names import VenueNames
from medvl_watch.papers.venuefile import load_venues
from medvl_watch.papers.venues import Venue, venue_of
from medvl_watch.records import Record

SMALL = """\
version: 1
conferences:
  ICW:
    full_names: ["International Conference on Words, Scans, and Pictures"]
  MixedCase:
    abbreviations: [MIXEDCASE]
journals:
  Words in Medicine:
    abbreviations: [WIM]
    full_names: [Wds. Med.]
    only_alone: [WM]
  Scan:
    only_alone: [Scan]
"""


def load(text: str) -> VenueNames:
    return load_venues(text, "venues.yaml")


@pytest.fixture
def small() -> Iterator[None]:
    use_venues(lambda: load(SMALL))
    yield
    use_venues(None)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("ICW", "ICW", id="name"),
        pytest.param("icw", "ICW", id="in another case"),
        pytest.param("international conference on words scans and pictures", "ICW",
                     id="full name without its commas"),
        pytest.param("Words  in\nMedicine", "Words in Medicine", id="more blanks"),
        pytest.param("Words-in-Medicine", "Words in Medicine", id="hyphens for blanks"),
        pytest.param("Wds Med", "Words in Medicine", id="without full stops"),
        pytest.param("wim", "Words in Medicine", id="abbreviation in another case"),
        pytest.param("WM", "Words in Medicine", id="alone"),
        pytest.param("wm", None, id="alone, but in another case"),
        pytest.param("ICWs", None, id="longer"),
        pytest.param("", None, id="nothing"),
    ],
)  # fmt: skip
def test_names_that_stand_alone(text: str, name: str | None) -> None:
    assert known_name(text) == name


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("comment", "name"),
    [
        pytest.param("Accepted at ICW 2024", "ICW", id="abbreviation"),
        pytest.param("Accepted at the 3rd International Conference on Words Scans and Pictures",
                     "ICW", id="full name"),
        pytest.param("Accepted by words in medicine", "Words in Medicine", id="in another case"),
        pytest.param("Accepted at ICWW 2024", "ICW Workshop", id="workshop"),
        pytest.param("Accepted at icw 2024", None, id="an abbreviation's case counts"),
        pytest.param("Accepted at a Scan conference, WM 2024", None, id="words for alone"),
        pytest.param("Accepted at MICCAI 2024", None, id="a venue that is not in the file"),
    ],
)  # fmt: skip
def test_names_within_sentences(comment: str, name: str | None) -> None:
    found = venue_of(Record(id="x", title="t", comment=comment))
    assert (found.name if found else None) == name


@pytest.mark.usefixtures("small")
def test_one_table_for_reading_and_writing() -> None:
    assert is_venue("WIM")
    assert is_venue("WM")
    assert is_venue("ICW Workshop")
    assert is_venue("ICWW")
    assert not is_venue("scan")
    assert is_journal("WIM")
    assert not is_journal("ICW")
    assert venue_key("Wds. Med.") == venue_key("WM") == venue_key("Words in Medicine")


@pytest.mark.parametrize("name", [venue.name for venue in venues_in_use().venues])
def test_each_bundled_venue_is_known_by_each_of_its_spellings(name: str) -> None:
    venue = next(each for each in venues_in_use().venues if each.name == name)
    for spelling in venue.spellings():
        assert known_name(spelling) == name
        assert is_venue(spelling)
        assert is_journal(spelling) == venue.is_journal
        assert venue_of(Record(id="x", title="t", venue=f"{spelling} 2024")) == Venue(name, 2024)
        if spelling not in venue.only_alone:
            found = venues_in_use().pattern.search(f"Accepted at {spelling}, 2024")
            assert found
            assert venues_in_use().name_of(found) == name


def test_bundled_file_is_the_one_that_is_used() -> None:
    assert venues_in_use().venues == load(bundled_venues_path().read_text("utf-8")).venues
    assert len(names()) > 100


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(changed("abbreviations: [WIM]", "shorts: [WIM]"),
                     "venues.yaml, line 9: journals.Words in Medicine.shorts is not a known key",
                     id="unknown key"),
        pytest.param(changed("  MixedCase:", "  ICW:"),
                     "venues.yaml, line 5: the key 'ICW' occurs twice", id="twice"),
        pytest.param(changed("[WIM]", "[ICW]"),
                     "line 9: journals.Words in Medicine.abbreviations[1]: 'ICW' is a spelling of "
                     "'ICW' already", id="spelling of another venue"),
        pytest.param(changed("Wds. Med.", "International Conference on Words Scans and Pictures"),
                     "is a spelling of 'ICW' already", id="another's but for the marks"),
        pytest.param(changed("[WIM]", "[wim]"),
                     "abbreviations[1]: 'wim' has no capital letter", id="a common word"),
        pytest.param(changed("[Wds. Med.]", "[Wds.]"),
                     "full_names[1]: 'Wds.' is one word", id="full name of one word"),
        pytest.param(changed("[WIM]", "[W]"), "does not have 2 to 120 characters", id="too short"),
        pytest.param(changed("[WIM]", '["W  IM"]'), "has blanks too many", id="blanks"),
        pytest.param(changed("[WIM]", '["12"]'), "'12' has no letter", id="no letter"),
        pytest.param(changed("[WIM]", "[12]"), "should be a valid string", id="a number"),
        pytest.param(changed("[WIM]", "[bioRxiv]"),
                     "'bioRxiv' is a preprint server, not a venue", id="preprint server"),
        pytest.param(changed("MixedCase", "mixed"), "'mixed' has no capital letter",
                     id="name that is a common word"),
        pytest.param(changed("version: 1\n", ""), "version is missing", id="no version"),
        pytest.param(changed("version: 1", "version: 2"), "version:", id="another version"),
        pytest.param("- a\n", "not a mapping of keys", id="another shape"),
        pytest.param("a: [", "this is not valid YAML", id="no YAML"),
    ],
)  # fmt: skip
def test_wrong_edits_are_refused_with_file_key_and_reason(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert message in str(caught.value)
    assert "venues.yaml" in str(caught.value)
