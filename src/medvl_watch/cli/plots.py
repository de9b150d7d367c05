"""Plots of an evaluation, where matplotlib (the extra `plots`) is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.evaluate.curves import Bin, OperatingPoint

Axes = Any
Draw = Callable[[Axes], None]
_DARK = 0.6
"""Share of a row from which its cell is too dark for black letters."""
_HALF = 0.5
_EDGE = 0.05


def draw(folder: Path, plots: Mapping[str, Draw]) -> list[Path]:
    """Draw each plot into `folder`, made if need be, as NAME.png; the files.

    Raises ConfigError without matplotlib, or where nothing can be written.
    """
    written = []
    for name, plot in plots.items():
        path = folder / f"{name}.png"
        with _figure(path) as axes:
            plot(axes)
        written.append(path)
    return written


@contextmanager
def _figure(path: Path) -> Iterator[Axes]:
    try:
        module = import_module("matplotlib.figure")
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        why = (
            "which is not installed"
            if missing in {"matplotlib", ""}
            else f"which needs {missing}, which is not installed"
        )
        raise ConfigError(
            f"plots need matplotlib, {why}",
            remedy="install the extra `plots`; the figures are the same without",
        ) from error
    figure = module.Figure(figsize=(6, 5), layout="constrained")
    yield figure.subplots()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise ConfigError(
            f"cannot be written ({os_reason(error)})", where=str(path), remedy="name another folder"
        ) from error


def precision_recall(
    points: Sequence[tuple[float, float]], marked: Sequence[OperatingPoint], title: str
) -> Draw:
    """The curve, and where on it the bot stands."""

    def plot(axes: Axes) -> None:
        axes.plot([each for each, _ in points], [each for _, each in points])
        for each in marked:
            label = f"{each.action} (from {each.threshold:.2g})"
            axes.plot([each.recall], [each.precision], marker="o", linestyle="", label=label)
        axes.set(xlabel="recall", ylabel="precision (lower bound)", title=title)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
        axes.grid(visible=True, alpha=0.3)
        if marked:
            axes.legend(loc="lower left", fontsize=8)

    return plot


def lines(
    curves: Mapping[str, Sequence[tuple[float, float]]], x: str, y: str, title: str, *, mark: float
) -> Draw:
    """Several curves beside chance; a vertical line at `mark`, where the bot divides."""

    def plot(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="by chance")
        for name, points in curves.items():
            axes.plot([each for each, _ in points], [each for _, each in points], label=name)
        axes.axvline(mark, linestyle="--", color="black", linewidth=1, label="referred by the bot")
        axes.set(xlabel=x, ylabel=y, title=title, xlim=(0, 1), ylim=(0, 1.02))
        axes.grid(visible=True, alpha=0.3)
        axes.legend(loc="lower right", fontsize=8)

    return plot


def calibration(
    bins: Sequence[Bin], title: str, thresholds: Mapping[str, float] = MappingProxyType({})
) -> Draw:
    """Scores against truth; a vertical line at each of the `thresholds`, by what it parts."""

    def plot(axes: Axes) -> None:
        for number, (name, score) in enumerate(thresholds.items()):
            axes.axvline(score, linestyle=("--", ":")[number % 2], color="black", linewidth=1,
                         label=f"{name} (from {score:.2g})")  # fmt: skip
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
        axes.plot(
            [each.mean_score for each in bins], [each.correct_share for each in bins], marker="o"
        )
        for each in bins:
            across, beside = _beside(each.mean_score)
            point = (each.mean_score, each.correct_share)
            axes.annotate(str(each.papers), point, fontsize=8, ha=beside,
                          xytext=(across, 8 if each.correct_share < _HALF else -14),
                          textcoords="offset points",
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
        axes.set(xlabel="score (numbers: papers)", ylabel="share that is right", title=title)
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        if thresholds:
            axes.legend(loc="upper left", fontsize=8)

    return plot


def _beside(score: float) -> tuple[int, str]:
    """Where a number stands that belongs to a point at this score: within the axes."""
    if score < _EDGE:
        return 6, "left"
    return (-6, "right") if score > 1 - _EDGE else (0, "center")


def table(counts: Mapping[str, Mapping[str, int]], x: str, y: str, title: str) -> Draw:
    """A confusion matrix; colours are shares of a row."""

    def plot(axes: Axes) -> None:
        columns = list(next(iter(counts.values()), {}))
        shares = [
            [row[name] / max(1, sum(row.values())) for name in columns] for row in counts.values()
        ]
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for place, row in enumerate(counts.values()):
            for number, name in enumerate(columns):
                if row[name]:
                    colour = "white" if shares[place][number] > _DARK else "black"
                    axes.text(number, place, str(row[name]), ha="center", va="center",
                              fontsize=8, color=colour)  # fmt: skip
        axes.set_xticks(range(len(columns)), [each[:28] for each in columns], rotation=60,
                        ha="right", fontsize=7)  # fmt: skip
        axes.set_yticks(range(len(counts)), [each[:28] for each in counts], fontsize=7)
        axes.set(xlabel=x, ylabel=y, title=title)

    return plot
