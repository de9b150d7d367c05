"""What a maintainer would say of each paper of the demonstration, decided before any classifier.

The table is what a classifier is measured on; it is not adapted to what one happens to say.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    BELONGS = "belongs"
    BORDERLINE = "may go either way"
    NO_LANGUAGE = "medical images, but no language"
    NO_MEDICINE = "images and language, but no medicine"
    NO_IMAGES = "medicine and language, but no images"
    FAR = "something else"
    WITHDRAWN = "withdrawn by its authors"
    INJECTED = "addresses a language model"
    NEWS = "no paper"


NEVER_PROPOSED: Final = frozenset(Role) - {Role.BELONGS, Role.BORDERLINE}

_BY_ROLE: Final = {
    Role.BELONGS: """
        2403.17834 2503.14911 2504.07416 2504.18856 2505.00228 2505.06903 2505.09372 2506.07044
        2506.10633 2506.17500 2506.23467 2506.23810 2507.06992 2507.08036 2507.17239 2508.05244
        2508.09566 2509.08311 2509.13175 2509.14780 2509.19719 2510.10011 2510.12444 2510.15710
        2510.16776 2511.03325 2511.11450 2511.13876 2511.22294 2512.17396 2512.21135 2512.99901
        2308.12604 10.1609/aaai.v38i3.28038
        10.1609/aaai.v38i5.28279 10.1609/aaai.v38i17.29826 10.1609/aaai.v38i5.28308
        """,
    Role.BORDERLINE: "2510.16973 2510.21445 10.1609/aaai.v38i2.27853",
    Role.NO_LANGUAGE: """
        2506.20850 2510.02760 2510.03189 2510.07277 2510.09056 2510.12704 2510.15666 2510.15684
        2510.23415 2511.17201 2512.03577 2512.20436
        10.1609/aaai.v38i7.28572 10.1609/aaai.v38i7.28615 10.1609/aaai.v38i3.28009
        10.1609/aaai.v38i5.28274
        """,
    Role.NO_MEDICINE: """
        2510.01576 2510.02270 2510.02665 2510.04002 2510.04145 2510.05586 2510.06009 2510.18234
        2510.19559 2511.15299 2511.22664 2512.20145
        10.1609/aaai.v38i1.27801 10.1609/aaai.v38i5.28249 10.1609/aaai.v38i21.30552
        """,
    Role.NO_IMAGES: "2510.02967 2511.14112 2312.07399 10.1609/aaai.v38i16.29802",
    Role.FAR: "2510.00573 2512.23265",
    Role.WITHDRAWN: "2510.07681",
    Role.INJECTED: "2512.99902",
    Role.NEWS: "10.1609/aaai.v38i20.30607",
}

ROLES: Final = {paper: role for role, papers in _BY_ROLE.items() for paper in papers.split()}
"""By arXiv id or DOI."""

HELD: Final = {
    "2403.17834": "medical-clip.md",
    "2308.12604": "vlm-in-mia.md",
    "10.1609/aaai.v38i3.28038": "vlm-in-mia.md",
    "10.1609/aaai.v38i2.27853": "clip-in-medical-imaging.md",
}
"""Papers that a list holds already. No other paper is in any of the five."""

SAME_WORK: Final = {
    "2308.12604": "10.1609/aaai.v38i3.28038",
    "2312.07399": "10.1609/aaai.v38i16.29802",
}
"""Preprints whose venue version is in the feed."""

INVENTED: Final = frozenset({"2512.99901", "2512.99902"})
