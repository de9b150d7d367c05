from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.llm.question import PROMPT_NAME, VARIABLES
from medvl_watch.classify.prompt import Prompt, fence, load_prompt, taxonomy_outline
from medvl_watch.errors import ConfigError
from tests.classify.small import SEEDS, shipped, small

TEXT = """\
---
name: greet
variables:
  who: Whom to greet.
  how: In which words.
---
# System

Greet {{ how }}.

# User

Hello {{who}}, hello again {{who}}.
"""


def loaded(text: str = TEXT) -> Prompt:
    return load_prompt(text, "prompts/greet.md")


def test_every_place_is_filled() -> None:
    assert loaded().variables == ("who", "how")
    assert "Hello Ada, hello again Ada." in loaded().render(who="Ada", how="kindly")


def test_messages_are_the_parts() -> None:
    system, user = loaded().messages(who="Ada", how="kindly")
    assert (system.role, system.content) == ("system", "Greet kindly.")
    assert (user.role, user.content) == ("user", "Hello Ada, hello again Ada.")


@given(st.text(st.sampled_from("{}who# SystemUser\n "), max_size=40))
def test_a_value_cannot_pull_in_another_or_open_a_part(value: str) -> None:
    messages = loaded().messages(who=value, how="SECRET")
    assert [message.role for message in messages] == ["system", "user"]
    assert "SECRET" not in messages[1].content


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"who": "Ada"}, "'how' is missing", id="one is missing"),
        pytest.param(
            {"who": "A", "how": "b", "why": "c"}, "'why' is not declared", id="a stranger"
        ),
    ],
)
def test_a_wrong_variable_is_an_error_that_names_it(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        loaded().render(**values)
    with pytest.raises(ConfigError, match=said):
        loaded().messages(**values)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("---\nname", "name", "front matter", id="no front matter"),
        pytest.param("{{ how }}", "{{ why }}", "'why', which is not declared", id="undeclared"),
        pytest.param("{{ how }}", "so", "variables.how: the body does not use", id="unused"),
        pytest.param("name: greet", "name: Greet me", "name", id="no slug"),
        pytest.param(
            "name: greet", "name: greet\nmodel: x", "model is not a known key", id="unknown key"
        ),
        pytest.param("  how: In", "  who: In", "'who' occurs twice", id="declared twice"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_reason(
    old: str, new: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(TEXT.replace(old, new, 1))
    assert str(caught.value).startswith("prompts/greet.md")
    assert said in str(caught.value)


def test_what_is_needed_is_there() -> None:
    loaded().check("greet", ("who", "how"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("name: greet", "name: grep", "the prompt's name is 'grep', not 'greet'",
                     id="another name"),
        pytest.param("# User", "# Ueser", "has no part `# User`", id="no part for the user"),
        pytest.param("# System\n", "", "does not use {{how}}", id="used where nothing is sent"),
        pytest.param("{{who}}", "{{how}}", "does not use {{who}}", id="unused"),
        pytest.param("{{ how }}", "{{ how }} {{why}}", "uses {{why}}, which has no value",
                     id="a stranger"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_with_is_refused(old: str, new: str, said: str) -> None:
    text = TEXT.replace(old, new)
    if "who" not in text.partition("# ")[2]:
        text = text.replace("  who: Whom to greet.\n", "")
    if "{{why}}" in text:
        text = text.replace("variables:\n", "variables:\n  why: For which reason.\n")
    with pytest.raises(ConfigError) as caught:
        loaded(text).check("greet", ("who", "how"))
    assert str(caught.value).startswith("prompts/greet.md: ")
    assert said in str(caught.value)


def test_the_hash_follows_the_text_and_not_the_line_ends() -> None:
    assert loaded().sha == loaded(TEXT.replace("\n", "\r\n")).sha
    assert loaded().sha != loaded(TEXT.replace("Hello", "Good day")).sha


def test_the_outline_names_every_label_with_its_definition() -> None:
    text = taxonomy_outline(small())
    for node in small().nodes.values():
        assert f"- {node.id} ({node.title}): {node.definition}" in text


@given(st.text(max_size=50), st.text(max_size=10))
def test_a_text_cannot_close_its_own_fence(text: str, secret: str) -> None:
    first, *inner, last = fence(text, secret).split("\n")
    mark = first.removeprefix("<<<")
    assert last == f"{mark}>>>"
    assert "\n".join(inner) == text
    assert mark not in text


def test_the_fence_differs_with_the_text_and_with_the_secret() -> None:
    marks = {fence(*each)[:15] for each in (("a", "s"), ("b", "s"), ("a", "t"))}
    assert len(marks) == 3


def test_the_shipped_prompt_can_be_filled() -> None:
    path = SEEDS.parent / "prompts" / "classify.md"
    prompt = load_prompt(path.read_text(encoding="utf-8"), "prompts/classify.md")
    prompt.check(PROMPT_NAME, VARIABLES)
    system, user = prompt.messages(
        taxonomy=taxonomy_outline(shipped()),
        scope="Medical images with language.",
        examples="none",
        paper_id="arxiv:2501.00001",
        paper=fence("A title\n\nAn abstract", "secret"),
    )
    assert "application/cross-modal/retrieval (Retrieval)" in system.content
    assert "An abstract" in user.content
    assert "An abstract" not in system.content
