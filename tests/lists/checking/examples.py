"""Small lists for the rules, and what a rule says of them."""

from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.register import check


def faults(text: str, rule: str) -> list[Finding]:
    return [each for each in check(text, (rule,)) if not each.note]


def notes(text: str, rule: str) -> list[Finding]:
    return [each for each in check(text, (rule,)) if each.note]


def bullets(*entries: str) -> str:
    return "# Papers\n\n## Methods\n\n" + "".join(f"- {entry}\n" for entry in entries)


def arxiv(number: int) -> str:
    return f"[[paper](https://arxiv.org/abs/2301.{number:05d})]"


GLORIA = f"Learning Global and Local Features of Radiographs. ICCV 2021. {arxiv(1)}"
TIER = f"Text-Image Entropy Regularization for Clinical Encoders. MLHC 2023. {arxiv(2)}"
ROENT = f"Generating Chest Films from Plain Language Prompts. CVPR 2022. {arxiv(3)}"
