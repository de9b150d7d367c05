from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.llm.question import OPTIONAL_VARIABLES, PROMPT_NAME, VARIABLES
from medvl_watch.classify.prompt import Prompt, fence, load_prompt, taxonomy_outline
from medvl_watch.errors import ConfigError
from tests.classify.taxonomies import SEEDS, bundled_taxonomy, small_taxonomy

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


def prompt_from(text: str = TEXT) -> Prompt:
    return load_prompt(text, "prompts/greet.md")


def test_render_inserts_all_values() -> None:
    assert prompt_from().variables == ("who", "how")
    assert "Hello Ada, hello again Ada." in prompt_from().render(who="Ada", how="kindly")


def test_messages_are_the_parts_below_the_headings() -> None:
    system, user = prompt_from().messages(who="Ada", how="kindly")
    assert (system.role, system.content) == ("system", "Greet kindly.")
    assert (user.role, user.content) == ("user", "Hello Ada, hello again Ada.")


@given(st.text(st.sampled_from("{}who# SystemUser\n "), max_size=40))
def test_a_value_cannot_insert_another_value_or_begin_a_part(value: str) -> None:
    messages = prompt_from().messages(who=value, how="SECRET")
    assert [message.role for message in messages] == ["system", "user"]
    assert "SECRET" not in messages[1].content


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"who": "Ada"}, "'how' is missing", id="missing"),
        pytest.param(
            {"who": "A", "how": "b", "why": "c"}, "'why' is not declared", id="undeclared"
        ),
    ],
)
def test_a_missing_or_undeclared_variable_is_an_error(values: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        prompt_from().render(**values)
    with pytest.raises(ConfigError, match=message):
        prompt_from().messages(**values)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("---\nname", "name", "front matter", id="no front matter"),
        pytest.param("{{ how }}", "{{ why }}", "'why', which is not declared", id="undeclared"),
        pytest.param("{{ how }}", "so", "variables.how: the body does not use", id="unused"),
        pytest.param("name: greet", "name: Greet me", "name", id="invalid name"),
        pytest.param(
            "name: greet", "name: greet\nmodel: x", "model is not a known key", id="unknown key"
        ),
        pytest.param("  how: In", "  who: In", "'who' occurs twice", id="declared twice"),
    ],
)
def test_an_invalid_file_is_refused_with_its_name_and_the_reason(
    old: str, new: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        prompt_from(TEXT.replace(old, new, 1))
    assert str(caught.value).startswith("prompts/greet.md")
    assert message in str(caught.value)


def test_a_valid_prompt_passes_the_check() -> None:
    prompt_from().check("greet", ("who", "how"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "name: greet",
            "name: grep",
            "the prompt's name is 'grep', not 'greet'",
            id="another name",
        ),
        pytest.param("# User", "# Ueser", "has no part `# User`", id="no part for the user"),
        pytest.param(
            "# System\n", "", "does not use {{how}}", id="used in a part that is not sent"
        ),
        pytest.param("{{who}}", "{{how}}", "does not use {{who}}", id="unused"),
        pytest.param(
            "{{ how }}", "{{ how }} {{why}}", "uses {{why}}, which has no value", id="undeclared"
        ),
    ],
)
def test_a_prompt_that_lacks_something_fails_the_check(old: str, new: str, message: str) -> None:
    text = TEXT.replace(old, new)
    if "who" not in text.partition("# ")[2]:
        text = text.replace("  who: Whom to greet.\n", "")
    if "{{why}}" in text:
        text = text.replace("variables:\n", "variables:\n  why: For which reason.\n")
    with pytest.raises(ConfigError) as caught:
        prompt_from(text).check("greet", ("who", "how"))
    assert str(caught.value).startswith("prompts/greet.md: ")
    assert message in str(caught.value)


def test_the_hash_depends_on_the_text_but_not_on_line_ends() -> None:
    assert prompt_from().sha == prompt_from(TEXT.replace("\n", "\r\n")).sha
    assert prompt_from().sha != prompt_from(TEXT.replace("Hello", "Good day")).sha


def test_the_outline_has_every_node_with_its_definition() -> None:
    text = taxonomy_outline(small_taxonomy())
    for node in small_taxonomy().nodes.values():
        assert f"- {node.id} ({node.title}): {node.definition}" in text


@given(st.text(max_size=50), st.text(max_size=10))
def test_a_text_cannot_close_its_own_fence(text: str, secret: str) -> None:
    first, *inner, last = fence(text, secret).split("\n")
    mark = first.removeprefix("<<<")
    assert last == f"{mark}>>>"
    assert "\n".join(inner) == text
    assert mark not in text


def test_the_fence_depends_on_the_text_and_on_the_secret() -> None:
    marks = {fence(*each)[:15] for each in (("a", "s"), ("b", "s"), ("a", "t"))}
    assert len(marks) == 3


def test_the_bundled_prompt_can_be_rendered() -> None:
    path = SEEDS.parent / "prompts" / "classify.md"
    prompt = load_prompt(path.read_text(encoding="utf-8"), "prompts/classify.md")
    prompt.check(PROMPT_NAME, VARIABLES, OPTIONAL_VARIABLES)
    assert not prompt.missing(OPTIONAL_VARIABLES)
    system, user = prompt.messages(
        lists="none",
        fields="summary",
        taxonomy=taxonomy_outline(bundled_taxonomy()),
        scope="Medical images with language.",
        examples="none",
        paper_id="arxiv:2501.00001",
        paper=fence("A title\n\nAn abstract", "secret"),
    )
    assert "application/cross-modal/retrieval (Retrieval)" in system.content
    assert "An abstract" in user.content
    assert "An abstract" not in system.content
