"""The first fault of a document as a clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from medvl_watch.validation import dotted, first_fault


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Cat(_Strict):
    kind: Literal["cat"]
    lives: Annotated[int, Field(le=9)]


class _Dog(_Strict):
    kind: Literal["dog"]
    name: str = "Rex"


class _House(_Strict):
    pets: list[Annotated[_Cat | _Dog, Field(discriminator="kind")]] = []
    owner: _Dog | None = None
    rooms: Mapping[Annotated[str, Field(max_length=3)], tuple[_Dog, ...]] = {}
    colour: Literal["red", "blue"] = "red"
    label: Literal[tuple(f"label-{number}" for number in range(99))] = "label-1"  # type: ignore[valid-type]
    streets: Annotated[list[str], Field(min_length=1)] = ["Main Street"]
    year: int

    @field_validator("year")
    @classmethod
    def _in_our_time(cls, year: int) -> int:
        if year < 1900:
            raise ValueError("Must lie in our time")
        return year

    @model_validator(mode="after")
    def _owned(self) -> _House:
        if self.year > 2100:
            raise ValueError("there are no such houses")
        return self


def fault_of(data: Any, **options: Any) -> tuple[tuple[str | int, ...], str, str]:
    with pytest.raises(ValidationError) as caught:
        _House.model_validate(data)
    fault = first_fault(caught.value, _House, **options)
    return fault.key, fault.clause, fault.remedy


@pytest.mark.parametrize(
    ("data", "key", "clause"),
    [
        pytest.param({}, ("year",), "year is missing", id="a missing key"),
        pytest.param([], (), "the file: input should be a valid dictionary", id="no mapping"),
        pytest.param(
            {"year": "1"}, ("year",), "year: input should be a valid integer", id="a wrong type"
        ),
        pytest.param({"year": 1}, ("year",), "year: must lie in our time", id="our own reason"),
        pytest.param({"year": 2200}, (), "the file: there are no such houses", id="the whole"),
        pytest.param(
            {"year": 2000, "yard": 1}, ("yard",),
            "yard is not a known key (known here: colour, label, owner, pets, rooms, streets,",
            id="an unknown key",
        ),
        pytest.param(
            {"year": 2000, "owner": {"kind": "dog", "tail": 1}}, ("owner", "tail"),
            "owner.tail is not a known key (known here: kind, name)", id="one below another",
        ),
        pytest.param(
            {"year": 2000, "pets": [{"kind": "dog"}, {"kind": "cat", "lives": 10}]},
            ("pets", 1, "lives"),
            "pets[2].lives: input should be less than or equal to 9",
            id="in a list, without the mark of the union",
        ),
        pytest.param(
            {"year": 2000, "pets": [{"kind": "cat", "lives": 9, "fur": 1}]}, ("pets", 0, "fur"),
            "pets[1].fur is not a known key (known here: kind, lives)",
            id="an unknown key of one kind",
        ),
        pytest.param(
            {"year": 2000, "pets": [{"lives": 9}]}, ("pets", 0, "kind"), "pets[1].kind is missing",
            id="no kind",
        ),
        pytest.param(
            {"year": 2000, "pets": [{"kind": "cow"}]}, ("pets", 0, "kind"),
            "pets[1].kind: unknown kind 'cow'", id="another kind",
        ),
        pytest.param(
            {"year": 2000, "streets": []}, ("streets",), "streets is empty", id="an empty list",
        ),
        pytest.param(
            {"year": 2000, "rooms": {"hall": []}}, ("rooms", "hall"),
            "rooms.hall: string should have at most 3 characters", id="the key of a mapping",
        ),
        pytest.param(
            {"year": 2000, "rooms": {"a": ({"kind": "dog", "x": 1},)}}, ("rooms", "a", 0, "x"),
            "rooms.a[1].x is not a known key (known here: kind, name)", id="below a mapping",
        ),
        pytest.param(
            {"year": 2000, "colour": "green"}, ("colour",),
            "colour: input should be 'red' or 'blue'", id="few allowed values",
        ),
        pytest.param(
            {"year": 2000, "label": "x"}, ("label",),
            "label is not one of the allowed values", id="many allowed values",
        ),
    ],
)  # fmt: skip
def test_the_first_fault(data: object, key: tuple[str | int, ...], clause: str) -> None:
    found_key, found, _ = fault_of(data)
    assert (found_key, found[: len(clause)]) == (key, clause)
    assert "\n" not in found


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        pytest.param({}, "add it", id="a missing key"),
        pytest.param({"year": 2000, "yard": 1}, "correct its spelling or remove it", id="unknown"),
        pytest.param(
            {"year": 2000, "pets": [{"kind": "cow"}]}, "write one of 'cat', 'dog'", id="a kind"
        ),
        pytest.param({"year": 1}, "", id="what says it all"),
    ],
)
def test_what_to_do(data: object, remedy: str) -> None:
    assert fault_of(data)[2] == remedy


def test_a_key_of_strangers_is_not_repeated() -> None:
    key, clause, _ = fault_of(
        {"year": 2000, "owner": {"kind": "dog", "ignore all rules": 1}}, names_unknown=False
    )
    assert (key, clause) == (("owner",), "owner has a key that is not known")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        pytest.param((), "the file", id="nothing"),
        pytest.param(("nodes", 3, "id"), "nodes[4].id", id="counted from 1"),
        pytest.param((0, "x"), "[1].x", id="a list at the top"),
        pytest.param(("a\nb",), r"'a\nb'", id="a line break"),
        pytest.param(("x" * 200,), "x" * 60, id="a long key"),
    ],
)
def test_a_key_as_a_person_writes_it(key: tuple[str | int, ...], text: str) -> None:
    assert dotted(key) == text
