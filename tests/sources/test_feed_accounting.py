"""Every item of a feed ends as a record, a repeat, a notice, or unusable with a reason."""

# ruff: noqa: E501, RUF001 - texts of publishers hold such letters

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.errors import SourceError
from medvl_watch.ports import Response
from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.feed_records import ParsedFeed
from medvl_watch.sources.feeds import FeedSource, parse_feed
from tests import beside
from tests.sources.examples import WINDOW, Answers, polled
from tests.sources.feed_examples import HEAD, SEEN, TAIL, feed, item, items, read

BOOK = "<dc:identifier>doi:10.1007/978-3-031-72390-2</dc:identifier>"
DOI = "<dc:identifier>doi:10.1007/a</dc:identifier>"


def ended(parsed: ParsedFeed) -> int:
    return len(parsed.records) + parsed.repeats + parsed.notices + sum(parsed.unusable.values())


@pytest.mark.parametrize(
    ("parts", "records", "detail"),
    [
        pytest.param([item(more=DOI), item(more=DOI)], 1, "1 came twice", id="an exact repeat"),
        pytest.param(
            [item("Radiograph reports", more=BOOK), item("Fundus grading", "https://j.example/2", BOOK)],
            2, "", id="two chapters with the DOI of their book",
        ),
        pytest.param(
            [item("A title", more=DOI), item("A title.", "https://j.example/other", DOI)],
            1, "1 came twice", id="one DOI, two addresses, nearly one title",
        ),
        pytest.param(
            [item("Reply"), item("Reply", "https://j.example/2")], 2, "",
            id="one title at two addresses",
        ),
        pytest.param(
            [item(link="https://arxiv.org/abs/2611.00001v1"), item(link="https://arxiv.org/abs/2611.00001v2")],
            1, "1 came twice", id="two versions of a preprint",
        ),
        pytest.param([item(), item("", "https://j.example/2")], 1, "left out: 1 without a title",
                     id="no title"),
        pytest.param([item(), item("Advertisement", "https://shop.example")], 1,
                     "left out: 1 advertisements", id="an advertisement"),
        pytest.param([item(), item("Bridge returned error 403! (20600)", "https://b.example")], 1,
                     "left out: 1 error messages", id="an error message beside papers"),
        pytest.param([item(), item("Author Correction: A model", "https://j.example/2")], 1,
                     "left out: 1 announcing corrections", id="a correction"),
    ],
)  # fmt: skip
def test_how_items_end(parts: list[str], records: int, detail: str) -> None:
    parsed = read(feed(*parts))
    assert (len(parsed.records), parsed.detail) == (records, detail)
    assert ended(parsed) == parsed.items == len(parts)
    assert len({record.id for record in parsed.records}) == records


def test_the_newest_version_of_a_preprint_is_kept() -> None:
    link = "https://arxiv.org/abs/2611.00001v"
    (record,) = read(
        feed(item(link=f"{link}1"), item(link=f"{link}3"), item(link=f"{link}2"))
    ).records
    assert record.version == 3


DAMAGED = items(9)[4]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("<link>", "<!-- cut <link>", id="a comment that is not closed"),
        pytest.param("</title>", "<!-- cut -- </title>", id="a comment with dashes"),
        pytest.param("<title>", "<title><![CDATA[", id="a CDATA section that is not closed"),
        pytest.param("</title>", "", id="a title that is not closed"),
        pytest.param("</link>", "", id="a link that is not closed"),
        pytest.param("</item>", "", id="an item that is not closed"),
        pytest.param("</title>", "</b></title>", id="a tag too many"),
        pytest.param("<link>", "<x:y <link>", id="half a tag"),
        pytest.param("on nets", 'on <a href="x>nets', id="half an attribute"),
        pytest.param("</title>", "</title><unknown:thing>1</unknown:thing>", id="an undeclared prefix"),
    ],
)  # fmt: skip
def test_one_damaged_item_takes_no_other_with_it(old: str, new: str) -> None:
    parts = items(9)
    parts[4] = DAMAGED.replace(old, new, 1)

    parsed = read(feed(*parts))

    titles = [record.title for record in parsed.records]
    others = [f"Paper number {one} on nets" for one in range(9) if one != 4]
    assert [title for title in titles if title in others] == others
    assert ended(parsed) == parsed.items == 9
    assert titles[4].startswith("Paper number 4")


def test_sections_that_swallow_items_are_noticed_in_well_formed_feeds() -> None:
    parts = items(5)
    parts[1] = parts[1].replace("<title>", "<title><![CDATA[")
    parts[3] = parts[3].replace("<title>", "<title><![CDATA[").replace("</title>", "]]></title>")
    parsed = read(feed(*parts))
    assert [record.title for record in parsed.records] == [
        f"Paper number {one} on nets" for one in range(5)
    ]


def test_items_in_comments_and_in_texts_are_not_items() -> None:
    quoted = "<description><![CDATA[Write <item><title>x</title></item> for each.]]></description>"
    parsed = read(feed(f"<!-- {item('Hidden')} -->", item(more=quoted)))
    assert [record.title for record in parsed.records] == ["A model for chest CT"]


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param('<x:item xmlns:x="urn:x">y</x:item>', id="within an item"),
        pytest.param('<x:entry xmlns:x="urn:x"><title>y</title></x:entry>', id="of another name"),
    ],
)
def test_foreign_elements_of_that_name_are_not_items(foreign: str) -> None:
    ids = (
        "<dc:identifier>doi:10.1007/x{0}</dc:identifier><dc:identifier>pmid:1000{0}</dc:identifier>"
    )
    parts = [item(f"Paper {one} of the feed", more=ids.format(one)) for one in range(3)]
    parts[1] = parts[1].replace("</item>", f"{foreign}</item>")
    assert [record.doi for record in read(feed(*parts, foreign)).records] == [
        f"10.1007/x{one}" for one in range(3)
    ]


TWO = feed(item("One"), item("Two", "https://j.example/2"))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(TWO + b"\n<!-- cached --><script defer src='https://x.example/b.js'></script>",
                     id="a script behind it"),
        pytest.param(TWO + b"<div>Served in 3 ms</div>", id="HTML behind it"),
        pytest.param(b"Notice: foo in /srv/x.php on line 3\n" + TWO, id="a notice before it"),
        pytest.param(b"<br />\n<b>Warning</b>: foo in <b>/srv/x.php</b> on line 3<br />\n" + TWO,
                     id="a notice in HTML before it"),
        pytest.param(b"\n\n  " + TWO, id="white space before it"),
        pytest.param(gzip.compress(TWO), id="packed and not declared"),
        pytest.param(gzip.compress(gzip.compress(TWO)), id="packed twice"),
        pytest.param(TWO.replace(b"<rss", b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD '
                     b'RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss'),
                     id="the public document type of RSS 0.91"),
    ],
)  # fmt: skip
def test_what_stands_around_a_feed_does_not_matter(body: bytes) -> None:
    assert [record.title for record in read(body).records] == ["One", "Two"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(gzip.compress(TWO)[:-20], "cut off", id="cut off"),
        pytest.param(gzip.compress(TWO)[:10] + b"\xff" * 40, "damaged", id="damaged"),
    ],
)
def test_packed_bytes_that_are_broken_are_one_sentence(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(body)


ACCENTS = (
    HEAD
    + item("Ménière’s study of X-ray", more="<dc:creator>José Álvarez, Zoë Müller</dc:creator>")
    + TAIL
)
DECLARED = 'encoding="utf-8"'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(ACCENTS.encode(), "", id="UTF-8"),
        pytest.param(ACCENTS.replace(DECLARED, 'encoding="ISO-8859-1"').encode(), "",
                     id="UTF-8, declared as Latin-1"),
        pytest.param(ACCENTS.encode(), "text/xml; charset=iso-8859-1",
                     id="UTF-8, declared as Latin-1 by the server"),
        pytest.param(ACCENTS.replace(DECLARED, 'encoding="utf-16"').encode(), "",
                     id="UTF-8, declared as UTF-16"),
        pytest.param(ACCENTS.encode("cp1252"), "", id="Windows-1252, declared as UTF-8"),
        pytest.param(ACCENTS.replace(DECLARED, 'encoding="ISO-8859-1"').encode("cp1252"), "",
                     id="Windows-1252, declared as Latin-1"),
        pytest.param(ACCENTS.replace(DECLARED, "").encode("cp1252"), "", id="Windows-1252, undeclared"),
        pytest.param(ACCENTS.encode("utf-16"), "", id="UTF-16, declared as UTF-8"),
        pytest.param(ACCENTS.encode("utf-16-be"), "", id="UTF-16 without a mark"),
        pytest.param(ACCENTS.encode("utf-8-sig"), "", id="UTF-8 with a mark"),
        pytest.param(ACCENTS.encode().replace("Zoë".encode(), b"Zo\xeb"), "",
                     id="one word in another encoding"),
        pytest.param(ACCENTS.replace("Á", "A").encode().decode("cp1252").encode(), "",
                     id="UTF-8 encoded twice"),
    ],
)  # fmt: skip
def test_the_real_encoding_counts(body: bytes, content_type: str) -> None:
    (record,) = read(body, content_type).records
    assert record.title == "Ménière’s study of X-ray"
    assert [name.replace("Á", "A") for name in record.authors] == ["José Alvarez", "Zoë Müller"]


@pytest.mark.parametrize(
    ("name", "title"),
    [("gb2312", "胸部影像"), ("big5", "胸部影像"), ("shift_jis", "胸部画像"), ("euc-kr", "흉부 영상"),
     ("koi8-r", "Снимок"), ("iso-2022-jp", "胸部画像"), ("windows-1255", "צילום")],
)  # fmt: skip
def test_declared_encodings_are_read(name: str, title: str) -> None:
    body = feed(item(title)).decode().replace("utf-8", name).encode(name)
    assert read(body).records[0].title == title


@pytest.mark.parametrize(
    ("announcement", "guid", "day", "expected"),
    [
        pytest.param("new", "2611.00001v1", "Mon, 30 Nov 2026", "2026-11-30", id="new"),
        pytest.param("cross", "2611.00001v1", "Mon, 30 Nov 2026", "2026-11-30", id="cross-listed"),
        pytest.param("replace", "2101.00001v5", "Mon, 30 Nov 2026", "2021-01", id="a new version"),
        pytest.param("replace-cross", "1802.00001v2", "Mon, 30 Nov 2026", "2018-02",
                     id="a new version, cross-listed"),
        pytest.param("cross", "2404.00001v1", "Mon, 30 Nov 2026", "2024-04", id="cross-listed late"),
        pytest.param("new", "2610.99999v1", "Mon, 02 Nov 2026", "2026-11-02",
                     id="announced in the next month"),
        pytest.param("new", "2611.00001v1", "yesterday", "2026-11", id="no date"),
    ],
)  # fmt: skip
def test_an_announcement_is_not_a_publication(
    announcement: str, guid: str, day: str, expected: str
) -> None:
    more = (
        f'<guid isPermaLink="false">oai:arXiv.org:{guid}</guid><pubDate>{day} 00:00:00 -0500</pubDate>'
        f"<arxiv:announce_type>{announcement}</arxiv:announce_type>"
    )
    (record,) = read(feed(item(link="https://arxiv.org/abs/x", more=more)), venue=None).records
    assert (record.published, record.venue) == (expected, "arXiv")


def test_commas_separate_persons_in_arxivs_feeds() -> None:
    more = (
        "<dc:creator>Mausam, Chandrahas</dc:creator><arxiv:announce_type>new</arxiv:announce_type>"
    )
    (record,) = read(feed(item(link="https://arxiv.org/abs/2611.00001", more=more))).records
    assert record.authors == ("Mausam", "Chandrahas")


@pytest.mark.parametrize(
    "title",
    ["RETRACTED: A model", "[RETRACTED] A model", "A model (withdrawn)", "Withdrawn: A model"],
)
def test_a_retracted_paper_is_a_record_that_says_so(title: str) -> None:
    (record,) = read(feed(item(title))).records
    assert record.title == "A model"
    assert record.comment in {"This paper has been retracted.", "This paper has been withdrawn."}


@pytest.mark.parametrize(
    "title",
    ["Bridge returned error 403! (20600)", "403 Forbidden", "Just a moment...", "Error 404",
     "TimeoutException: no answer", "[2026-08-22 15:08 UTC] 19 issue(s)"],
)  # fmt: skip
def test_a_feed_of_an_error_message_is_a_failure(title: str) -> None:
    source = FeedSource("venue", "https://b.example.org", "V", Answers([feed(item(title))]))
    assert "error message instead of papers" in str(polled(source))


def test_a_feed_of_notices_is_a_quiet_feed() -> None:
    body = feed(item("Correction: A model"))
    poll = FeedSource("venue", "https://j.example.org", "V", Answers([body])).poll(WINDOW)
    assert (poll.records, poll.receipt.detail) == ((), "left out: 1 announcing corrections")


_PIECES = st.sampled_from(
    ["<item>", "</item>", "<title>", "</title>", "A title", "<!--", "-->", "<![CDATA[", "]]>", "&",
     "&nbsp;", "<", "<link>https://j.example/1</link>", "<x:item>", "<entry>", "\x00", "\ud7ff", "]]"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30))
@settings(max_examples=60)
def test_whatever_is_between_the_ends_of_a_feed_is_accounted_for(pieces: list[str]) -> None:
    try:
        parsed = read(feed(*pieces))
    except SourceError:
        return
    assert ended(parsed) == parsed.items


@pytest.mark.recordings
def test_every_item_of_every_recorded_feed_is_accounted_for() -> None:
    folder, read_feeds = beside.folder("data/recordings"), 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".xml", ".rss", ".atom"} or path.parent.name in {
            "arxiv_api",
            "arxiv_oai",
        }:
            continue
        try:
            parsed = parse_feed(Response(body=path.read_bytes(), fetched_at=SEEN), "s", "V")
        except SourceError:
            continue
        assert ended(parsed) == parsed.items, path.name
        read_feeds += 1
    assert read_feeds >= 150


# --- the cases that lie beside the project ------------------------------------------------

FIRST: dict[str, dict[str, object]] = {
    "D01": {"published": None, "venue": "V"}, "D02": {"published": None, "venue": "V"},
    "D04": {"published": None, "venue": "V"}, "D06": {"published": None, "venue": "V"},
    "D07": {"published": None, "venue": "V"}, "D08": {"published": "2016-06-29"},
    "D09": {"published": "2021-01"}, "E01": {"authors": ("José Álvarez", "Zoë Müller")},
    "T01": {"title": "k-CLIP: chest X-rays"}, "T03": {"title": "E. coli nets"},
    "T05": {"title": "[CLS] Tokens Suffice for CT"}, "T06": {"title": "R&D of CT models"},
    "T07": {"title": "Rights & Repositories"}, "T09": {"title": "Esc title"},
    "T08": {"abstract": "We present a vision-language model for CT."},
    "T10": {"title": "Correction for Domain Shift in Medical Vision-Language Models"},
    "A13": {"authors": ("Ana Cruz", "Bo Li"), "abstract": "Vision-language models are used for "
            "reports, charts, and scans, yet errors remain."},
    "S15": {"doi": "10.1007/x1"},
}  # fmt: skip
COUNTS = {
    "S02": 100,
    "S03": 3,
    "S04": 2,
    "S06": 1,
    "S11": 2,
    "S13": 2,
    "S14": 2,
    "S15": 3,
    "T10": 1,
}


@pytest.mark.recordings
def test_the_cases_of_feeds_are_right() -> None:
    folder = beside.folder("data/cases/sources")
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]
    inputs = {case["id"]: folder / "inputs" / case["input"] for case in cases if case["input"]}
    for case in FIRST.keys() | COUNTS.keys():
        records = read(inputs[case].read_bytes()).records
        assert len(records) == COUNTS.get(case, 1), case
        got = {name: getattr(records[0], name) for name in FIRST.get(case, {})}
        assert got == FIRST.get(case, {}), case
    right = {
        "A01": ("John Smith", "Kim Lee"), "A03": ("John Smith", "Kim Lee", "Maria Garcia"),
        "A04": ("张伟", "李娜", "王芳"), "A07": ("M. L. King Jr.", "J. Smith"),
        "A09": ("John Smith", "Kim Lee"), "A10": ("John Smith",),
    }  # fmt: skip
    for case, authors in right.items():
        assert authors_of([inputs[case].read_text("utf-8")]) == authors, case
