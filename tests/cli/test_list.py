"""The `list` commands as a person runs them: on files, through `main`, by exit code and output."""

# ruff: noqa: E501, PLR0917, RUF001 - whole lines of lists are the subject

import json
import re
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.cli.app import main
from medvl_watch.lists.checking.register import RULES
from tests.lists.samples import NAMES, SEEDS, section, seed


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_bytes(seed("vl-learning-in-medical-domain").encode())
    return path


def papers(folder: Path, *records: dict[str, Any] | str) -> Path:
    path = folder / "papers.jsonl"
    lines = [each if isinstance(each, str) else json.dumps(each) for each in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


NEW = {
    "title": "RadNet: A Vision-Language Model for Chest X-ray Reports",
    "arxiv_id": "2301.00001",
    "published": "2023-01-02",
    "section": ["Pre-training", "2023"],
}
SURVEY = {
    "title": "A Survey of Medical Vision-Language Models",
    "arxiv_id": "2401.00001",
    "published": "2024-01-02",
}
HELD = {
    "title": "MedCLIP: Contrastive Learning from Unpaired Medical Images and Text",
    "arxiv_id": "2210.10163",
}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(each) for each in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


# --- list check -----------------------------------------------------------------------


def test_check_says_line_rule_what_and_fix(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = readme.read_bytes()
    code, out, err = run(capsys, "list", "check", readme)
    assert (code, err) == (0, "")
    assert "29  decoded-twice*" in out
    assert "→ write “Vision–Language”" in out
    assert "54  no-link " in out
    assert "2 findings in 1 list." in out
    assert "--fix decoded-twice" in out
    assert readme.read_bytes() == before


def test_check_in_json(readme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list", "check", readme, SEEDS / "medical-clip.md", "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert first["count"] == 2
    assert {each["line"] for each in second["findings"]} == {3, 13, 21, 27}
    assert all(
        set(each) == {"line", "rule", "what", "fix", "fixable", "note", "mended"}
        for each in first["findings"]
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--strict"], 4, id="findings"),
        pytest.param(["--strict", "--rule", "scheme"], 0, id="none by this rule"),
        pytest.param(
            ["--strict", "--rule", "decoded-twice", "--fix", "decoded-twice", "--in-place"],
            0,
            id="all mended",
        ),
        pytest.param(["--diff"], 2, id="a diff of nothing"),
        pytest.param(["--fix", "grammar"], 2, id="no such rule"),
        pytest.param(["--fix", "scheme", "--in-place", "--output", "x"], 2, id="two places"),
    ],
)
def test_check_exit_code(
    readme: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert run(capsys, "list", "check", readme, *arguments)[0] == code


def test_fix_writes_nothing_unless_told_where(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = readme.read_bytes()
    code, out, _ = run(capsys, "list", "check", readme, "--fix", "decoded-twice")
    assert code == 0
    assert "1 finding at 29 would be fixed" in out
    assert readme.read_bytes() == before


def test_fix_shows_a_diff(readme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "list", "check", readme, "--fix", "decoded-twice", "--diff")
    changed = [
        line for line in out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert [line[0] for line in changed] == ["-", "+"]
    assert "Vision–Language" in changed[1]
    assert err == ""


@pytest.mark.parametrize("name", NAMES)
def test_fix_in_place_keeps_every_other_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / "list.md"
    path.write_bytes(b"\xef\xbb\xbf" + seed(name).replace("\n", "\r\n").encode())
    path.chmod(0o640)
    before = path.read_bytes().split(b"\n")
    fixes = [part for rule in RULES if rule != "duplicate" for part in ("--fix", rule)]
    code, out, _ = run(capsys, "list", "check", path, *fixes, "--in-place", "--json")
    report = json.loads(out)
    mended = {each["line"] - 1 for each in report["findings"] if each["mended"]}
    after = path.read_bytes().split(b"\n")
    assert code == 0
    assert report["written"] == str(path)
    assert {
        n for n, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1
    } == mended
    assert path.stat().st_mode & 0o777 == 0o640


def test_fix_into_another_file(
    readme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = readme.read_bytes()
    target = tmp_path / "mended.md"
    run(capsys, "list", "check", readme, "--fix", "decoded-twice", "--output", target)
    assert readme.read_bytes() == before
    assert "Vision–Language" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        pytest.param(None, 2, "cannot be read", id="no such file"),
        pytest.param(b"# \xff\n", 4, "not UTF-8", id="no UTF-8"),
        pytest.param(b"# a\0b\n", 4, "NUL", id="a NUL"),
        pytest.param(b"x" * 2_000_000, 4, "characters", id="a line of two million"),
    ],
)
def test_check_refuses_in_one_sentence_and_goes_on(
    readme: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    code: int,
    words: str,
) -> None:
    path = tmp_path / "bad.md"
    if content is not None:
        path.write_bytes(content)
    alone = run(capsys, "list", "check", path)
    assert words in alone[2]
    assert alone[2].count("\n") == 1
    both = run(capsys, "list", "check", path, readme)
    assert "2 findings in 1 list." in both[1]
    assert alone[0] in {code, 4}
    assert both[0] == 4


def test_hidden_characters_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.md"
    path.write_text("# A\n\n[\x1b[31mred\u202e]()\n", encoding="utf-8")
    _, out, _ = run(capsys, "list", "check", path)
    assert "empty-link" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize("what", ["check", "insert"])
def test_dry_run_wins_over_writing(
    readme: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    before = readme.read_bytes()
    given = papers(readme.parent, NEW)
    more = ["--fix", "decoded-twice"] if what == "check" else ["--papers", given]
    code, _, _ = run(capsys, "list", what, readme, *more, "--in-place", "--dry-run")
    assert code == 0
    assert readme.read_bytes() == before


# --- list inspect ---------------------------------------------------------------------


def test_inspect_shows_sections_and_templates(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list", "inspect", SEEDS / "vl-learning-in-medical-domain.md")
    assert code == 0
    assert "19 entries" in out
    shown = "- {{ title }}. {{ venue }} {{ year }}. [[paper]({{ paper }})]{% if code %}"
    assert shown in out
    assert "Levels: 1 other (1.00 of 1), 2 dataset (0.50 of 2), 3 task" in out
    assert re.search(r"code link +\[code\]  \(1.00 of 4\)", out)
    assert re.search(r"27 +2023 +year +2 bullets +arXiv id, newest first \d.\d\d° +top 1.00", out)
    assert "section Contents" in out


@pytest.mark.parametrize("name", NAMES)
def test_inspect_in_json(capsys: pytest.CaptureFixture[str], name: str) -> None:
    _, out, _ = run(capsys, "list", "inspect", SEEDS / f"{name}.md", "--json")
    report = json.loads(out)
    assert report["entries"] == sum(each["entries"] for each in report["sections"])
    sure = [
        each[name] for each in report["sections"] for name in each if name.endswith("confidence")
    ]
    assert len(sure) == 6 * len(report["sections"])
    assert all(0 <= each <= 1 for each in sure)
    assert all(0 < each["share"] <= 1 for each in report["habits"])
    meanings = {each["meaning"] for each in report["sections"]}
    assert meanings <= {"task", "year", "venue", "dataset", "other"}
    assert report["newline"] == "LF"
    filled = [each for each in report["sections"] if each["entries"] and not each["refusal"]]
    assert all(each["fidelity"] >= 0.6 for each in filled)
    assert {each["path"][-1] for each in report["sections"] if each["entries"]} - {
        each["path"][-1] for each in filled
    } <= {"Dataset Resource", "Datasets"}  # rows of sizes and modalities
    assert all("{{ paper }}" in each["template"] for each in filled)
    assert {each["grows_at"] for each in filled} <= {"top", "bottom"}
    assert not any(each["configured"] for each in filled)


def test_inspect_of_an_empty_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.md"
    path.touch()
    code, out, _ = run(capsys, "list", "inspect", path)
    assert code == 0
    assert "0 entries" in out


# --- list insert ----------------------------------------------------------------------


def test_insert_writes_nothing_unless_told_where(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = readme.read_bytes()
    code, out, _ = run(capsys, "list", "insert", readme, "--papers", papers(readme.parent, NEW))
    assert code == 0
    assert "placed     RadNet" in out
    assert "Pre-training > 2023" in out
    assert "1 placed; nothing is written (give --diff, --output F or --in-place)." in out
    assert readme.read_bytes() == before


def test_insert_in_place_and_again(readme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = papers(readme.parent, NEW)
    before = readme.read_text(encoding="utf-8")
    code, out, _ = run(capsys, "list", "insert", readme, "--papers", given, "--in-place", "--json")
    [placed] = json.loads(out)["papers"]
    after = readme.read_text(encoding="utf-8")
    assert code == 0
    assert after.split("\n")[placed["line"] - 1] == placed["lines"][0]
    assert "RadNet" in placed["lines"][0]
    assert [line for line in after.split("\n") if "RadNet" not in line and line] == [
        line for line in before.split("\n") if line
    ]
    code, out, _ = run(capsys, "list", "insert", readme, "--papers", given, "--in-place", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["papers"][0]["result"] == "duplicate"
    assert report["written"] is None
    assert readme.read_text(encoding="utf-8") == after


@pytest.mark.parametrize(
    ("record", "result", "words"),
    [
        pytest.param(NEW | {"section": ["Papers", "Pre-training", "2023"]}, "placed", "", id="a longer path"),
        pytest.param(NEW | {"section": ["Pre-training", "2024"]}, "placed", "", id="a year to open"),
        pytest.param(NEW | {"section": ["2022"]}, "refused", "more than one", id="a path that fits several"),
        pytest.param(NEW | {"section": ["Cooking"]}, "refused", "Cooking", id="no such section"),
        pytest.param(NEW | {"section": 7}, "refused", "list of headings", id="no path"),
        pytest.param(NEW | {"section": None}, "refused", "section is uncertain", id="no section"),
        pytest.param(SURVEY, "placed", "", id="no section, and it is clear"),
        pytest.param(HELD, "duplicate", "title and arxiv:2210.10163", id="a paper it holds"),
    ],
)  # fmt: skip
def test_insert_says_what_became_of_a_paper(
    readme: Path,
    capsys: pytest.CaptureFixture[str],
    record: dict[str, Any],
    result: str,
    words: str,
) -> None:
    given = papers(readme.parent, record)
    code, out, _ = run(capsys, "list", "insert", readme, "--papers", given, "--json")
    [told] = json.loads(out)["papers"]
    assert told["result"] == result
    assert words in told["reason"]
    assert code == (4 if result == "refused" else 0)


def test_insert_without_section_goes_where_the_map_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = {
        "title": "Contrastive vision-language pre-training for chest X-ray report generation",
        "abstract": "We generate radiology reports from chest X-rays by vision-language "
        "pre-training on medical images and text.",
        "arxiv_id": "2412.00001",
        "published": "2024-12-01",
    }
    arguments = ["--papers", papers(tmp_path, record), "--json"]
    _, out, _ = run(
        capsys, "list", "insert", SEEDS / "vl-learning-in-medical-domain.md", *arguments
    )
    [told] = json.loads(out)["papers"]
    assert told["result"] in {"placed", "refused"}
    assert "no section" not in told["reason"]
    copy = tmp_path / "README.md"
    copy.write_bytes(seed("vl-learning-in-medical-domain").encode())
    named = [*arguments, "--list", "vl-learning-in-medical-domain"]
    _, out, _ = run(capsys, "list", "insert", copy, *named)
    assert json.loads(out)["papers"] == [told]


@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        pytest.param([], 2, "no paper", id="empty"),
        pytest.param(["{"], 2, "not JSON", id="nothing but a bad line"),
        pytest.param([NEW, "{"], 4, "not JSON", id="one bad line"),
    ],
)
def test_insert_says_what_is_wrong_with_the_papers(
    readme: Path,
    capsys: pytest.CaptureFixture[str],
    lines: list[dict[str, Any] | str],
    code: int,
    words: str,
) -> None:
    given = papers(readme.parent, *lines)
    told, _, err = run(capsys, "list", "insert", readme, "--papers", given)
    assert told == code
    assert words in err
    assert err.count("\n") == 1


def test_insert_into_a_list_that_is_not_configured_by_that_name(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = papers(readme.parent, NEW | {"section": None})
    code, _, err = run(capsys, "list", "insert", readme, "--papers", given, "--list", "no-such")
    assert code == 2
    assert "there is no list 'no-such'" in err


# --- eval -----------------------------------------------------------------------------


def test_eval_lists_replays_cases(
    readme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.jsonl"
    case = {
        "before_file": readme.name,
        "papers": [NEW | {"section": ["Papers", "Pre-training", "2023"]}],
    }
    lines = [
        {"id": "one", **case},
        {"id": "two", "before_file": "none.md", "papers": []},
        {"id": "three", "before_file": readme.name, "papers": [NEW | {"doi": "none"}]},
    ]
    cases.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    target = tmp_path / "results.jsonl"
    code, out, err = run(capsys, "eval", "lists", cases, tmp_path, "--output", target)
    one, two, three = (json.loads(line) for line in target.read_text(encoding="utf-8").splitlines())
    assert code == 0
    assert "3 of 3 cases" in err
    assert "3 cases: " in out
    assert set(one) <= {"id", "after", "placed", "refused", "not_placed"}
    assert "cannot be read" in two["refused"]
    assert "is not a valid DOI" in three["refused"]
    assert three["after"] == readme.read_text(encoding="utf-8"), "the list stays as it was"


@pytest.mark.parametrize(("at_least", "placed"), [("0", 1), ("0.99", 0)])
def test_eval_lists_chooses_a_section_where_none_is_given(
    readme: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    at_least: str,
    placed: int,
) -> None:
    cases = tmp_path / "cases.jsonl"
    title = "Contrastive vision-language pre-training with radiology reports"
    bare = {"id": "new", "title": title, "published": "2026-02-01", "arxiv_id": "2602.00001"}
    case = {"id": "one", "before_file": readme.name, "papers": [bare]}
    cases.write_text(json.dumps(case), encoding="utf-8")
    target = tmp_path / "results.jsonl"
    asked = ["eval", "lists", cases, tmp_path, "--output", target, "--at-least", at_least]
    code, _, _ = run(capsys, *asked)
    [result] = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    assert code == 0
    assert [each["section"][-2:] for each in result["placed"]] == placed * [
        ["Pre-training", "2026"]
    ]
    assert ("no section fits" in result.get("refused", "")) is not bool(placed)


def test_eval_lists_reports_each_list_and_the_worst_papers(
    readme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = list(section("vl-learning-in-medical-domain", "Pre-training", "2023"))
    theirs = f"- {NEW['title']}. MICCAI 2023. [[paper](https://arxiv.org/abs/2312.00001)]"
    before = readme.read_text(encoding="utf-8")
    after = tmp_path / "after.md"
    after.write_text(before.replace("**2023**\n", f"**2023**\n\n{theirs}\n", 1), encoding="utf-8")
    new = NEW | {"arxiv_id": "2312.00001", "published": "2023-12-01", "section": path}
    papers = [new | {"id": "p0"}, new | {"id": "p1"}]
    case = {
        "id": "one",
        "list": "mine",
        "before_file": readme.name,
        "after_file": after.name,
        "papers": papers,
        "truth": [{"paper": name, "lines": [theirs]} for name in ("p0", "p1")],
    }
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(case) + "\n", encoding="utf-8")
    target = tmp_path / "results.jsonl"
    options = ["--output", target, "--report"]
    code, out, _ = run(capsys, "eval", "lists", cases, tmp_path, *options)
    assert code == 0
    [mine] = [line.split() for line in out.splitlines() if line.startswith("mine")]
    assert mine[1:4] == ["2", "0.500", "1.000"]
    assert mine[5] == "0.000"
    worst = out[out.index("The worst") :]
    assert worst.index("one p1: not placed") < worst.index("one p0: alike 0.")
    assert "it is given twice: p0 has the same title" in worst
    assert "the maintainer “" in worst
    code, out, _ = run(capsys, "eval", "lists", cases, tmp_path, *options, "--worst", "1")
    assert "one p0: alike" not in out


def test_eval_lists_names_a_line_that_is_no_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "one"}\n', encoding="utf-8")
    code, _, err = run(capsys, "eval", "lists", cases, tmp_path, "--output", tmp_path / "r")
    assert code == 2
    assert f"{cases}:1" in err


# --- list complete --------------------------------------------------------------------

KNOWN_NOW = {
    "title": "MedKLIP: Medical Knowledge Enhanced Language-Image Pre-Training",
    "arxiv_id": "2301.02228",
    "venue": "ICCV 2023",
}


def test_complete_writes_nothing_unless_told_where(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = readme.read_bytes()
    given = papers(readme.parent, KNOWN_NOW, NEW | {"section": None})
    code, out, _ = run(capsys, "list", "complete", readme, "--papers", given)
    assert code == 4
    assert "completed  MedKLIP" in out
    assert "the list does not hold it" in out
    assert "1 completed, 1 refused; nothing is written" in out
    assert readme.read_bytes() == before


def test_complete_in_place_and_again(readme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = readme.read_text(encoding="utf-8")
    given = papers(readme.parent, KNOWN_NOW)
    code, out, _ = run(
        capsys, "list", "complete", readme, "--papers", given, "--in-place", "--json"
    )
    [told] = json.loads(out)["papers"]
    assert (code, told["result"], told["added"]) == (0, "completed", ["venue"])
    after = readme.read_text(encoding="utf-8")
    changed = [(a, b) for a, b in zip(before.split("\n"), after.split("\n"), strict=True) if a != b]
    assert changed == [(told["lines"][0].replace("ICCV 2023", "arxiv 2023"), told["lines"][0])]
    code, out, _ = run(
        capsys, "list", "complete", readme, "--papers", given, "--in-place", "--json"
    )
    assert json.loads(out)["papers"][0]["result"] == "complete"
    assert readme.read_text(encoding="utf-8") == after


def test_complete_shows_a_diff(readme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = papers(readme.parent, KNOWN_NOW)
    code, out, _ = run(capsys, "list", "complete", readme, "--papers", given, "--diff")
    assert code == 0
    changed = [line for line in out.split("\n")[2:] if line[:1] in {"-", "+"}]
    assert [line[0] for line in changed] == ["-", "+"]
    assert "ICCV 2023" in changed[1]


# --- configured templates -------------------------------------------------------------

CONFIGURED = """
[[lists]]
id = "mine"
title = "Mine"
repository = "me/mine"

[lists.templates]
"Pre-training > 2023" = "{template}"
"""


def configured(folder: Path, template: str) -> Path:
    path = folder / "medvl-watch.toml"
    path.write_text(CONFIGURED.replace("{template}", template), encoding="utf-8")
    return path


def test_configured_template_is_shown_and_used(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(readme.parent, "- {{ title }} ([paper]({{ paper }}))")
    given = papers(readme.parent, NEW)
    options = ["--list", "mine", "--config", config, "--json"]
    _, out, _ = run(capsys, "list", "inspect", readme, *options)
    shown = [each["template"] for each in json.loads(out)["sections"] if each["configured"]]
    assert shown == ["- {{ title }} ([paper]({{ paper }}))"]
    _, out, _ = run(capsys, "list", "insert", readme, "--papers", given, *options)
    assert json.loads(out)["papers"][0]["lines"] == [
        f"- {NEW['title']} ([paper](https://arxiv.org/pdf/2301.00001.pdf))"
    ]


def test_wrong_template_is_refused_with_file_key_and_reason(
    readme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(readme.parent, "- {{ titel }}")
    code, _, err = run(capsys, "list", "inspect", readme, "--list", "mine", "--config", config)
    assert code == 2
    assert "medvl-watch.toml" in err
    assert "lists[1].templates" in err
    assert "the template for 'Pre-training > 2023' uses titel, which is not a field" in err
