"""Tells as an Atom feed (RFC 4287): a file that a web server of the user's publishes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from medvl_watch.errors import NotificationError, os_reason
from medvl_watch.notification.notifications import Notification
from medvl_watch.publish.characters import clean
from medvl_watch.storage.whole_files import write_whole

MOST = 50
"""Entries that the feed keeps."""
_NAMESPACE = "http://www.w3.org/2005/Atom"
_TAG = "tag:medvl-watch,2026:"


class AtomFeed:
    """The newest notifications, the latest first."""

    name = "atom"

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, notification: Notification, now: datetime) -> None:
        try:
            old = self._path.read_bytes() if self._path.exists() else None
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, with_entry(old, notification, now))
        except (OSError, etree.XMLSyntaxError, ValueError) as error:
            raise NotificationError(
                f"the feed cannot be written ({os_reason(error)})",
                where=str(self._path),
                remedy="remove the file if it is no feed of medvl-watch, or name another",
            ) from error


def with_entry(feed: bytes | None, notification: Notification, now: datetime) -> bytes:
    """The feed with this notification as its first entry; None for a feed that is not there yet.

    Raises XMLSyntaxError or ValueError for a text that is not our feed.
    """
    root = _new_feed() if feed is None else _read(feed)
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    _child(root, "updated").text = stamp
    entry = etree.Element(_name("entry"))
    _child(entry, "id").text = f"{_TAG}{notification.key}/{stamp}"
    _child(entry, "title").text = clean(notification.title).text
    _child(entry, "updated").text = stamp
    _child(entry, "content").text = clean(notification.text).text
    if notification.link:
        etree.SubElement(entry, _name("link"), href=notification.link)
    entries = root.findall(_name("entry"))
    root.insert(len(root) - len(entries), entry)
    for old in entries[MOST - 1 :]:
        root.remove(old)
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return text


def _new_feed() -> etree._Element:
    root = etree.Element(_name("feed"), nsmap={None: _NAMESPACE})
    _child(root, "id").text = f"{_TAG}feed"
    _child(root, "title").text = "medvl-watch"
    author = _child(root, "author")
    _child(author, "name").text = "medvl-watch"
    return root


def _read(feed: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    root = etree.fromstring(feed, parser)
    if root.tag != _name("feed") or root.findtext(_name("id")) != f"{_TAG}feed":
        raise ValueError("it is no feed of medvl-watch")
    return root


def _child(parent: etree._Element, name: str) -> etree._Element:
    found = parent.find(_name(name))
    return etree.SubElement(parent, _name(name)) if found is None else found


def _name(local: str) -> str:
    return f"{{{_NAMESPACE}}}{local}"
