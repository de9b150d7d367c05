"""The configuration file: what it means, and every wrong edit refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch.config import ENVIRONMENT, Settings, load_settings
from medvl_watch.errors import ConfigError, ExitCode

WHERE = Path("/etc/watch/medvl-watch.toml")
LIST = """
[[lists]]
id = "first"
title = "The first list"
repository = "a/first"
"""
SECOND = LIST.replace("first", "second")


def load(text: str, environment: dict[str, str] | None = None) -> Settings:
    return load_settings(
        text,
        where=WHERE,
        environment=environment or {},
        cwd=Path("/home/me"),
        shipped=Path("/opt/seeds"),
    )


def test_one_list_is_enough() -> None:
    settings = load(LIST)

    assert settings.state == Path("/home/me/medvl-watch-data")
    assert settings.taxonomy == Path("/opt/seeds/taxonomy.yaml")
    assert settings.sources == Path("/opt/seeds/sources.yaml")
    assert settings.venues == Path("/opt/seeds/venues.yaml")
    assert settings.recordings is None
    assert (settings.forge.name, settings.classifier.name) == ("local", "local")
    target = settings.targets()[0]
    assert (target.id, target.path, target.branch, target.map_id) == (
        "first", "README.md", "", "first",
    )  # fmt: skip


def test_paths_are_relative_to_the_file() -> None:
    settings = load(
        'state = "data"\ntaxonomy = "t.yaml"\nsources = "/abs/s.yaml"\nrecordings = "../rec"\n'
        'venues = "v.yaml"\nprompts = "words"\n' + LIST + 'seed = "lists/first.md"'
    )

    assert settings.state == Path("/etc/watch/data")
    assert settings.taxonomy == Path("/etc/watch/t.yaml")
    assert settings.sources == Path("/abs/s.yaml")
    assert settings.recordings == Path("/etc/watch/../rec")
    assert settings.venues == Path("/etc/watch/v.yaml")
    assert settings.prompts == Path("/etc/watch/words")
    assert settings.lists[0].seed == Path("/etc/watch/lists/first.md")


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("MEDVL_WATCH_STATE", "elsewhere", lambda s: s.state == Path("/home/me/elsewhere")),
        ("MEDVL_WATCH_STATE", "/srv/data", lambda s: s.state == Path("/srv/data")),
        (
            "MEDVL_WATCH_LEDGER",
            "postgres://me@db.example.org:5433/watch?sslmode=require",
            lambda s: s.ledger == "postgresql://me@db.example.org:5433/watch?sslmode=require",
        ),
        ("MEDVL_WATCH_FORGE", "github", lambda s: s.forge.name == "github"),
        ("MEDVL_WATCH_CLASSIFIER", "other", lambda s: s.classifier.name == "other"),
        ("MEDVL_WATCH_STATE", "", lambda s: s.state == Path("/etc/watch/data")),
    ],
)
def test_the_environment_goes_before_the_file(variable: str, value: str, read: object) -> None:
    text = 'state = "data"\n[forge]\nname = "local"\n[classifier]\nname = "rules"\n' + LIST
    assert callable(read)
    assert read(load(text, {variable: value}))


def test_every_variable_is_tested() -> None:
    assert {"MEDVL_WATCH_STATE", "MEDVL_WATCH_FORGE", "MEDVL_WATCH_CLASSIFIER"} <= set(ENVIRONMENT)


WRONG = [
    pytest.param("", "lists is missing", id="nothing"),
    pytest.param("lists = []", "lists is empty", id="no lists"),
    pytest.param('lists = "first"', "lists: ", id="lists that are no tables"),
    pytest.param("state = [", "this is not valid TOML", id="not TOML"),
    pytest.param('state = "a"\nstate = "b"\n' + LIST, "not valid TOML", id="a key twice"),
    pytest.param("colour = 1\n" + LIST, "colour is not a known key (known here: classifier, ",
                 id="unknown key at the top"),
    pytest.param("[limits]\npapers = 3\n" + LIST,
                 "limits.papers is not a known key (known here: completions_per_pull_request, ",
                 id="unknown key in a table"),
    pytest.param(LIST + "colour = 1\n",
                 "lists[1].colour is not a known key (known here: assignees, branch, ",
                 id="unknown key in a list"),
    pytest.param(LIST + SECOND + "colour = 1\n", "lists[2].colour", id="which list it is"),
    pytest.param("[classifier.more]\na = 1\n" + LIST, "classifier.more is not", id="unknown table"),
    pytest.param('forge = "local"\n' + LIST, "forge: ", id="a text for a table"),
    pytest.param("state = 3\n" + LIST, "state: ", id="a number for a path"),
    pytest.param('state = "a\\u0000b"\n' + LIST, "state: ", id="NUL in a path"),
    pytest.param('state = "~/data"\n' + LIST, "state: write the whole path", id="a tilde"),
    pytest.param("[limits]\nwindow_days = 'two weeks'\n" + LIST, "limits.window_days",
                 id="words for a number"),
    pytest.param("[limits]\nwindow_days = 3\n" + LIST, "limits.window_days", id="too few days"),
    pytest.param("[limits]\npapers_per_pull_request = 0\n" + LIST,
                 "limits.papers_per_pull_request", id="no papers"),
    pytest.param("[limits]\npapers_per_pull_request = 1000\n" + LIST,
                 "limits.papers_per_pull_request", id="a flood"),
    pytest.param('[schedule]\ndigest = "0 7 * * 1"\n' + LIST, "name the week days",
                 id="a numbered week day"),
    pytest.param('[schedule]\npoll = "0 7 * *"\n' + LIST, "schedule.poll: give five fields",
                 id="four fields"),
    pytest.param('[schedule]\ntimezone = "Europe/Atlantis"\n' + LIST, "schedule.timezone: not a",
                 id="a time zone that is not there"),
    pytest.param('[serve]\nlisten = "9464"\n' + LIST, "serve.listen", id="a port without a host"),
    pytest.param('[serve]\nlisten = "127.0.0.1:99999"\n' + LIST, "serve.listen: give host:port",
                 id="a port that does not exist"),
    pytest.param('[schedule]\ntimezone = "Europe"\n' + LIST, "schedule.timezone: not a",
                 id="a folder of time zones"),
    pytest.param('[schedule]\ntimezone = "../../etc/passwd"\n' + LIST, "schedule.timezone: not a",
                 id="a path for a time zone"),
    pytest.param('[forge]\napi = "ftp://x"\n' + LIST, "forge.api", id="an odd address"),
    pytest.param('[forge]\ntoken_env = "ghp_abc"\n' + LIST, "forge.token_env",
                 id="a token where its variable belongs"),
    pytest.param('[forge]\ndigest_repository = "first"\n' + LIST, "forge.digest_repository",
                 id="a repository without owner"),
    pytest.param(LIST + LIST, "two lists have the id 'first'", id="two lists with one id"),
    pytest.param(LIST + LIST.replace('id = "first"', 'id = "again"'),
                 "two lists are the same file", id="two lists of one file"),
    pytest.param(LIST.replace('id = "first"', ""), "lists[1].id is missing", id="no id"),
    pytest.param(LIST.replace('"first"', '"First List"'), "lists[1].id", id="an id with spaces"),
    pytest.param(LIST.replace('"first"', '"../x"'), "lists[1].id", id="an id that climbs"),
    pytest.param(LIST.replace("a/first", "first"), "lists[1].repository", id="no owner"),
    pytest.param(LIST.replace("The first list", ""), "lists[1].title", id="no title"),
    *(
        pytest.param(LIST + f'path = "{path}"\n', f"lists[1].path: {path!r} ", id=f"path {path!r}")
        for path in ("", "/etc/passwd", "../README.md", "a/../../b", "./a", "a//b", "a/",
                     ".git/config", ".github/workflows/ci.yml")
    ),
    pytest.param(LIST + 'path = "a\\nb"\n', "lists[1].path", id="a path of two lines"),
    *(
        pytest.param(LIST + f'branch = "{name}"\n', "lists[1].branch", id=f"branch {name!r}")
        for name in ("-f", "a b", "a..b", "a\\nb", "refs/", "a//b", "~1")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_a_wrong_edit_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)

    said = str(caught.value)
    assert said.startswith(f"{WHERE}: ")
    assert reason in said
    assert "\n" not in said
    assert "pydantic" not in said
    assert caught.value.exit_code is ExitCode.CONFIG


@pytest.mark.parametrize("variable", ["MEDVL_WATCH_FORGE", "MEDVL_WATCH_CLASSIFIER"])
def test_a_variable_for_what_is_no_table_is_refused_as_well(variable: str) -> None:
    with pytest.raises(ConfigError, match=r"forge: |classifier: "):
        load('forge = "x"\nclassifier = "x"\n' + LIST, {variable: "y"})


@pytest.mark.parametrize("branch", ["main", "release/1.0", "gh-pages", "fix_2", "ä"])
def test_usual_branches_are_taken(branch: str) -> None:
    assert load(LIST + f'branch = "{branch}"').targets()[0].branch == branch


def test_the_example_that_we_ship_is_right_once_its_map_is_there() -> None:
    seeds = Path(__file__).resolve().parents[1] / "seeds"
    text = (seeds / "medvl-watch.example.toml").read_text(encoding="utf-8")
    settings = load(text)
    assert settings.forge.name == "github"

    every = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line.split("#")[1] else line
        for line in text.splitlines()
    )
    shown = load(every)
    assert shown.limits == settings.limits, "the example shows other defaults than there are"
    assert shown.schedule == settings.schedule
    assert shown.forge.api == settings.forge.api
