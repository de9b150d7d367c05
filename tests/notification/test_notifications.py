"""What is told, how often, and that no word of others becomes mark-up or a header."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from medvl_watch.errors import NotificationError
from medvl_watch.notification.atom import MOST, AtomFeed, with_entry
from medvl_watch.notification.mail import mail_of
from medvl_watch.notification.notifications import Notification, due, notifications_of
from medvl_watch.notification.sending import tell
from medvl_watch.notification.settings import MailSettings
from medvl_watch.notification.webhook import slack_text
from medvl_watch.pipeline.run_report import DigestLine, RunReport

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)
ALARM = "arxiv: nothing for 9 days."
HOSTILE = Notification(
    "k", "a <b> & \n c\r\nBcc: x@y.org", "<!channel> *x* & \x1b[1m", "javascript:x"
)


def report(
    *alarms: str, job: str = "poll", digest: str = "", dry_run: bool = False, **more: str
) -> RunReport:
    line = DigestLine(week="2026-W48", action=digest, address=None, **more) if digest else None
    return RunReport(job=job, began=NOW, ended=NOW, alarms=alarms, digest=line, dry_run=dry_run)


class Listener:
    """Keeps what it is told, unless it is out of order."""

    def __init__(self, name: str = "listener") -> None:
        self.name = name
        self.heard: list[str] = []
        self.is_broken = False

    def send(self, notification: Notification, now: datetime) -> None:
        if self.is_broken:
            raise NotificationError("out of order")
        self.heard.append(notification.title)


@pytest.mark.parametrize(
    ("made", "titles"),
    [
        pytest.param(report(), [], id="a run without trouble"),
        pytest.param(report(ALARM), ["medvl-watch needs you (poll)"], id="an alarm"),
        pytest.param(report(digest="created"), ["Digest of 2026-W48"], id="a new digest"),
        pytest.param(report(digest="updated"), [], id="a digest that was there"),
        pytest.param(report(ALARM, digest="created", dry_run=True), [], id="a dry run"),
    ],
)
def test_what_a_run_has_to_tell(made: RunReport, titles: Sequence[str]) -> None:
    assert [each.title for each in notifications_of(made)] == titles


@pytest.mark.parametrize(
    ("days", "alarms", "times"),
    [
        pytest.param([0, 0.3, 1, 6], [ALARM] * 4, 1, id="while it lasts, once"),
        pytest.param([0, 7], [ALARM] * 2, 2, id="again after a week"),
        pytest.param([0, 1], [ALARM, ALARM.replace("9", "10")], 1, id="another number"),
        pytest.param([0, 1], [ALARM, "venue: the token is wrong."], 2, id="another problem"),
        pytest.param([0, 0.2, 0.4], [ALARM, "", ALARM], 1, id="it comes and goes in a day"),
        pytest.param([0, 2, 3], [ALARM, "", ALARM], 2, id="it was over for days"),
    ],
)
def test_how_often_a_problem_is_told(
    tmp_path: Path, days: Sequence[float], alarms: Sequence[str], times: int
) -> None:
    listener = Listener()
    for day, alarm in zip(days, alarms, strict=True):
        made = report(*filter(None, [alarm]))
        assert not tell(made, [listener], tmp_path, NOW + timedelta(days=day))
    assert len(listener.heard) == times


def test_the_end_of_another_job_changes_nothing(tmp_path: Path) -> None:
    listener = Listener()
    for day, made in enumerate([report(ALARM), report(job="publish"), report(ALARM)]):
        tell(made, [listener], tmp_path, NOW + timedelta(days=2 * day))
    assert len(listener.heard) == 1


def test_what_was_not_sent_is_sent_later_and_hinders_no_other(tmp_path: Path) -> None:
    broken, other = Listener("broken"), Listener("other")
    broken.is_broken = True
    (problem,) = tell(report(ALARM), [broken, other], tmp_path, NOW)
    assert "out of order" in str(problem)
    broken.is_broken = False
    tell(report(ALARM), [broken, other], tmp_path, NOW + timedelta(hours=8))
    assert len(broken.heard) == len(other.heard) == 1


def test_a_damaged_memory_tells_again(tmp_path: Path) -> None:
    listener = Listener()
    (tmp_path / "notifications.json").write_text('{"listener": [1]}')
    tell(report(digest="created"), [listener], tmp_path, NOW)
    assert listener.heard


def test_a_digest_is_told_once(tmp_path: Path) -> None:
    key = notifications_of(report(digest="created"))[0].key
    assert not due(
        notifications_of(report(digest="created")), {key: NOW}, NOW + timedelta(days=400)
    )


def test_words_of_others_are_no_mark_up_in_a_message() -> None:
    text = slack_text(HOSTILE)
    assert "<" not in text
    assert "&lt;!channel&gt;" in text
    assert text.count("\n") == 1


def test_words_of_others_are_no_header_of_a_mail() -> None:
    settings = MailSettings(host="h", sender="bot@example.org", recipients=("me@example.org",))
    mail = mail_of(HOSTILE, settings, NOW)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "\x1b" not in mail.get_content()


def test_the_feed_keeps_the_newest_and_is_atom() -> None:
    feed: bytes | None = None
    for number in range(MOST + 3):
        notification = Notification(
            f"k{number}", f"Notification {number}", "<b>words</b>", "https://example.org/1"
        )
        feed = with_entry(feed, notification, NOW + timedelta(minutes=number))
    found = feedparser.parse(feed)
    assert not found.bozo
    assert len(found.entries) == MOST
    assert found.entries[0].title == f"Notification {MOST + 2}"
    assert found.entries[0].link == "https://example.org/1"
    assert len({each.id for each in found.entries}) == MOST


def test_words_of_others_do_not_break_the_feed() -> None:
    root = etree.fromstring(with_entry(None, HOSTILE, NOW))
    assert len(root.findall("{*}entry/{*}title")) == 1
    assert root.find("{*}entry/{*}link") is None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html><p>", id="not XML"),
        pytest.param(b"<feed xmlns='http://www.w3.org/2005/Atom'><id>x</id></feed>", id="not ours"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_file_that_is_no_feed_of_ours_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "digests.atom"
    path.write_bytes(content)
    with pytest.raises(NotificationError, match=r"digests\.atom: the feed cannot be written"):
        AtomFeed(path).send(HOSTILE, NOW)
    assert path.read_bytes() == content
