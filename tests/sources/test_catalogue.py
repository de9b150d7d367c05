from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch.errors import ConfigError
from medvl_watch.sources.arxiv_entry import ArxivEntry
from medvl_watch.sources.catalogue import load_catalogue, open_sources
from medvl_watch.sources.feed_entry import FeedEntry
from tests.sources.examples import Answers

SHIPPED = Path(__file__).resolve().parents[2] / "seeds" / "sources.yaml"
GOOD = """\
version: 1
contact: mailto:someone@example.org
sources:
  - id: arxiv
    kind: arxiv
    query: >-
      (cat:cs.CV OR cat:eess.IV)
      AND all:"vision-language"
  - id: venue
    kind: feed
    url: https://venue.example.org/rss
    venue: AAAI
  - id: off
    kind: feed
    url: https://off.example.org/rss
    enabled: false
"""


def test_a_catalogue_is_read() -> None:
    catalogue = load_catalogue(GOOD, "sources.yaml")

    assert catalogue.contact == "mailto:someone@example.org"
    assert catalogue.enabled() == (
        ArxivEntry(id="arxiv", kind="arxiv",
                   query='(cat:cs.CV OR cat:eess.IV) AND all:"vision-language"'),
        FeedEntry(id="venue", kind="feed", url="https://venue.example.org/rss", venue="AAAI"),
    )  # fmt: skip


def test_the_shipped_catalogue_is_right() -> None:
    catalogue = load_catalogue(SHIPPED.read_text(encoding="utf-8"), "sources.yaml")
    assert {entry.kind for entry in catalogue.enabled()} >= {"arxiv", "feed"}


def test_the_shipped_catalogue_names_many_venues_and_how_sure_each_is() -> None:
    entries = load_catalogue(SHIPPED.read_text(encoding="utf-8"), "sources.yaml").sources
    venues = {getattr(entry, "venue", None) or entry.id for entry in entries}
    assert len(venues) >= 40
    assert {entry.sure for entry in entries if entry.kind in {"openreview", "miccai"}} == {
        "unproven"
    }
    assert all(entry.quiet_days for entry in entries if entry.enabled and entry.id != "aaai")


def test_enabled_sources_are_opened_in_their_order() -> None:
    sources = open_sources(load_catalogue(GOOD, "sources.yaml"), Answers([]))
    assert [source.name for source in sources] == ["arxiv", "venue"]


def edited(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param(edited("version: 1", "version: 2"), 1, "version", id="another version"),
        pytest.param(edited("    kind: arxiv\n", ""), 4, "kind", id="a missing kind"),
        pytest.param(edited("kind: feed", "kind: html"), 10, "html", id="an unknown kind"),
        pytest.param(edited("    venue: AAAI", "    name: AAAI"), 12, "name", id="an unknown key"),
        pytest.param(edited("    url: https://venue", "    venue: X\n    url: https://venue"),
                     13, "venue", id="a key twice"),
        pytest.param(edited("https://venue", "http://venue"), 11, "https", id="not https"),
        pytest.param(edited("https://venue", "https://me:pw@venue"), 11, "password",
                     id="a password"),
        pytest.param(edited("example.org/rss", "example.org:81/rss"), 11, "port", id="a port"),
        pytest.param(edited("id: off", "id: arxiv"), 13, "'arxiv'", id="an id twice"),
        pytest.param(edited("id: off", "id: Off Line"), 13, "id", id="an id with a space"),
        pytest.param(edited("enabled: false", "enabled: perhaps"), 16, "enabled", id="no boolean"),
        pytest.param(edited("OR cat:eess.IV)", "OR cat:eess.IV"), 6, "parentheses",
                     id="an open parenthesis"),
        pytest.param(edited('"vision-language"', '"vision-language'), 6, "quotation",
                     id="an open quotation"),
        pytest.param(edited("AND all", "and all"), 6, "capitals", id="a small and"),
        pytest.param(edited("AND all", "AND submittedDate:[1 TO 2] AND all"), 6, "dates",
                     id="a date in the query"),
        pytest.param(edited("mailto:someone@example.org", "somebody"), 2, "contact",
                     id="no contact"),
        pytest.param(edited("  - id: venue", "  - id: [venue"), None, "YAML", id="no YAML"),
        pytest.param("", None, "empty", id="nothing"),
        pytest.param("version: 1\ncontact: mailto:a@b.org\nsources: []\n", 3, "sources",
                     id="no sources"),
        pytest.param(edited("id: venue", "id: !!python/object/apply:os.system [ls]"), None, "id",
                     id="a tag that would run something"),
    ],
)  # fmt: skip
def test_a_wrong_edit_is_refused_with_file_line_and_key(
    text: str, line: int | None, reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        load_catalogue(text, "sources.yaml")
    where = str(caught.value).partition(": ")[0]
    assert where.startswith("sources.yaml")
    if line is not None:
        assert where == f"sources.yaml, line {line}"
