"""What a run did, as Markdown for the step summary of a workflow."""

from __future__ import annotations

from medvl_watch.pipeline.run_report import RunReport
from medvl_watch.publish import render


def run_summary(report: RunReport) -> str:
    """A heading and tables. Names, reasons and problems may hold words of others: encoded."""
    return render.templates().get_template("run_report.md.j2").render(report=report)
