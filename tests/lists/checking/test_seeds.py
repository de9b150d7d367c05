"""The faults of the five seeds, listed by hand, and nothing else."""

import pytest

from medvl_watch.lists.checking.fixing import mend
from medvl_watch.lists.checking.register import check
from tests.lists.samples import NAMES, seed

ESCAPED = (313, 317, 325, 346, 350, 354, 362, 394, 402, 414, 422, 490, 498, 515)
FAULTS = {
    "chest-xray-vlp": {(11, "glued-words"), (37, "glued-words"), (39, "empty-link")},
    "clip-in-medical-imaging": {
        (56, "value-spelling"), (95, "pdf-characters"), (115, "pdf-characters"), (174, "redirect"),
        (185, "pdf-characters"), (241, "venue-spelling"), (242, "glued-words"), (275, "redirect"),
        (315, "other-venue"),
        (373, "pdf-characters"), (490, "shared-address"),
        (490, "shared-code"), (498, "scheme"),
        (396, "other-venue"), (480, "venue-spelling"),
        *((line, "brackets") for line in ESCAPED),
    },
    "medical-clip": {
        (3, "decoded-twice"), (13, "other-venue"), (21, "decoded-twice"), (27, "decoded-twice"),
        (27, "shared-address"),
    },
    "vl-learning-in-medical-domain": {
        (29, "decoded-twice"), (54, "no-link"),
    },
    "vlm-in-mia": {
        (71, "code-target"), (112, "duplicate"), (123, "code-target"), (135, "shared-address"),
        (135, "shared-code"), (139, "code-target"), (140, "glued-words"),
    },
}  # fmt: skip


PERHAPS = {
    "clip-in-medical-imaging": {
        (311, "other-venue"), (346, "shared-address"), (412, "other-venue"), (422, "shared-code"),
        (500, "other-venue"),
    },
    "vl-learning-in-medical-domain": {(65, "year-heading")},
}  # fmt: skip
"""Faults, too, by what people know; the lists alone do not prove them."""


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_known_faults(name: str) -> None:
    found = {(each.line, each.rule) for each in check(seed(name)) if not each.note}
    assert found == FAULTS[name]


@pytest.mark.parametrize("name", PERHAPS)
def test_what_is_not_proved_is_a_note(name: str) -> None:
    assert PERHAPS[name] <= {(each.line, each.rule) for each in check(seed(name)) if each.note}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_machine_can_mend_is_gone_afterwards(name: str) -> None:
    text = seed(name)
    findings = [each for each in check(text) if each.changes]
    mended = mend(text, findings)
    assert not mended.left
    assert not [each for each in check(mended.text) if each.changes]


def test_redirect_becomes_the_address_inside() -> None:
    text = seed("clip-in-medical-imaging")
    after = mend(text, check(text, ("redirect",))).text
    assert "google.com.hk" in text
    assert "google.com.hk" not in after
    assert "[[paper](https://aclanthology.org/2022.emnlp-main.256.pdf)]" in after
