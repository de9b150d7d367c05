"""Tells people what a run has to tell, by the ways of `[notify]`."""

from __future__ import annotations

import os
from collections.abc import Sequence

from medvl_watch.config import Settings
from medvl_watch.errors import WatchError
from medvl_watch.pipeline.run_report import RunReport


def notify(report: RunReport, settings: Settings) -> Sequence[WatchError]:
    """Send what is due; the problems met, which are no part of the run's result."""
    if settings.notify == type(settings.notify)():
        return ()
    from medvl_watch.notification.register import notifiers_of
    from medvl_watch.notification.sending import tell

    notifiers, problems = notifiers_of(settings.notify, os.environ)
    return [*problems, *tell(report, notifiers, settings.state, report.ended)]
