"""Reading answers: quotes must occur, labels must exist, nothing makes it fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.llm.answer_schema import Answer, AnswerSchema, UnusableAnswer, find_quote
from medvl_watch.classify.llm.completion import completion_of, read_completion
from medvl_watch.classify.llm.protocols import ChatCompletion
from medvl_watch.classify.llm.question import Questions
from tests.classify.llm.harness import PROMPT, TAXONOMY, paper

SCHEMA = AnswerSchema(TAXONOMY)
QUESTION = Questions(PROMPT, TAXONOMY, "small").make(
    paper("1", "Reports  of\nx rays", "We write <5 reports."), ()
)
VALID_ANSWER: dict[str, Any] = {
    "id": "arxiv:1",
    "relevance": 0.7,
    "sections": [{"node": "use", "score": 0.2}, {"node": "training", "score": 0.6}],
    "evidence": ["Reports of x rays", "never said", "We write  <5\nreports"],
    "suspicious": False,
}


def read(answer: object) -> Answer | UnusableAnswer:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return SCHEMA.read(ChatCompletion(text=text), QUESTION)


def test_a_valid_answer() -> None:
    answer = read(VALID_ANSWER)
    assert isinstance(answer, Answer)
    assert answer.sections == (("training", 0.6), ("use", 0.2))
    assert [(each.text, each.field) for each in answer.quotes] == [
        ("Reports of x rays", "title"),
        ("We write <5 reports", "abstract"),
    ]
    assert answer.dropped == 1


@pytest.mark.parametrize(
    ("quote", "field"),
    [
        ("one two", "title"),
        ("  one\n two ", "title"),
        ("four", "abstract"),
        ("One two", None),
        ("two four", None),
        ("o", None),
        ("", None),
    ],
    ids=["as it is", "folded", "second field", "other case", "joined", "a letter", "empty"],
)
def test_find_quote(quote: str, field: str | None) -> None:
    found = find_quote(quote, {"title": "one two three", "abstract": "four five"})
    assert (found.field if found else None) == field


def test_duplicate_nodes_count_once_and_a_score_of_zero_not_at_all() -> None:
    scores = [("use", 0.1), ("use", 0.4), ("training", 0.0)]
    answer = read({**VALID_ANSWER, "sections": [{"node": n, "score": s} for n, s in scores]})
    assert isinstance(answer, Answer)
    assert answer.sections == (("use", 0.4),)


def test_the_schema_has_no_limits_that_servers_refuse() -> None:
    text = json.dumps(SCHEMA.schema)
    assert SCHEMA.schema["additionalProperties"] is False
    assert set(SCHEMA.schema["required"]) == set(VALID_ANSWER)
    assert SCHEMA.schema["$defs"]["Section"]["properties"]["node"]["enum"] == list(TAXONOMY.nodes)
    assert "minimum" not in text
    assert "maxLength" not in text


def test_a_reason_contains_no_words_of_the_model() -> None:
    unusable = read({**VALID_ANSWER, "@everyone <!-- x -->": 1})
    assert unusable == UnusableAnswer("the object has a key that is not known")


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*VALID_ANSWER, "node", "score", "x"]), inner, max_size=5)
    ),
    max_leaves=10,
)


@given(st.text(max_size=80) | _JSON.map(json.dumps))
def test_every_text_gives_an_answer_or_a_reason(text: str) -> None:
    assert isinstance(read(text), UnusableAnswer), "no such text is right by chance"


@given(
    st.fixed_dictionaries(
        {
            "choices": _JSON
            | st.lists(
                st.fixed_dictionaries({"message": _JSON, "finish_reason": st.text(max_size=3)}),
                max_size=2,
            ),
            "usage": _JSON,
        }
    )
    | _JSON
)
def test_every_body_gives_a_completion_or_a_problem(body: Any) -> None:
    completion = completion_of(body)
    assert completion.problem or completion.text.strip()


@pytest.mark.parametrize(
    "finish", ["length", "content_filter"], ids=["cut off", "held back by a filter"]
)
def test_a_reply_that_is_not_a_completion_is_quoted(finish: str) -> None:
    cut = {"finish_reason": finish, "message": {"content": '{"id": '}}
    completion = completion_of({"choices": [cut]})
    assert (completion.text, bool(completion.problem)) == ('{"id": ', True)
    page = read_completion(b"<html>Welcome" + b"!" * 1_000_000)
    assert page.text.startswith("<html>Welcome")
    assert len(page.text) == 2_000


@given(st.binary(max_size=60))
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert read_completion(body).problem
