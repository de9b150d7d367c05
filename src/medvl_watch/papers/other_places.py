"""Rows of the table of places for what is not a paper: code, pages of projects, data."""

from __future__ import annotations

from medvl_watch.papers.place_rules import Place, PlaceKind, any_case, rows_of_hosts

_ACCOUNT = any_case(r"^/[\w.-]+/?$")
_NO_REPOSITORY = any_case(r"^/(?:docs|blog|orgs|learn|features|topics|sponsors)(?:/|$)")

CODE = (
    Place(name="GitHub", kind=PlaceKind.PAGE, hosts=("github.com",), path=_NO_REPOSITORY),
    Place(name="GitHub", kind=PlaceKind.CODE, hosts=("github.com",), account=_ACCOUNT),
    Place(name="GitLab", kind=PlaceKind.CODE, hosts=("gitlab.com",), label="gitlab",
          account=_ACCOUNT),
    Place(name="Bitbucket", kind=PlaceKind.CODE, hosts=("bitbucket.org",), account=_ACCOUNT),
    Place(name="Codeberg", kind=PlaceKind.CODE, hosts=("codeberg.org",), account=_ACCOUNT),
    Place(name="Gitee", kind=PlaceKind.CODE, hosts=("gitee.com",), account=_ACCOUNT),
    # A model may stand there without an owner: `huggingface.co/gpt2`.
    Place(name="Hugging Face", kind=PlaceKind.PAGE, hosts=("huggingface.co", "hf.co"),
          path=_NO_REPOSITORY),
    Place(name="Hugging Face", kind=PlaceKind.CODE, hosts=("huggingface.co", "hf.co")),
    Place(name="ModelScope", kind=PlaceKind.CODE, hosts=("modelscope.cn", "modelscope.ai")),
)  # fmt: skip

PAGES = (
    *rows_of_hosts(PlaceKind.PAGE, {
        "GitHub Pages": "github.io",
        "GitLab Pages": "gitlab.io",
        "Google Sites": "sites.google.com",
        "Google Drive": "drive.google.com",
        "YouTube": "youtube.com youtu.be",
        "Notion": "notion.so notion.site",
    }),
    # Code, data and papers alike.
    Place(name="Zenodo", kind=PlaceKind.PAGE, hosts=("zenodo.org",), registrants=("10.5281",)),
)  # fmt: skip

DATA = (
    Place(name="GitHub Pages", kind=PlaceKind.DATA, hosts=("github.io",),
          path=any_case(r"^/competitions/")),
    Place(name="PhysioNet", kind=PlaceKind.DATA, hosts=("physionet.org",),
          path=any_case(r"^/content/")),
    Place(name="Kaggle", kind=PlaceKind.DATA, hosts=("kaggle.com",),
          path=any_case(r"^/(?:datasets|competitions|c)/")),
    *rows_of_hosts(PlaceKind.DATA, {
        "Grand Challenge": "grand-challenge.org",
        "The Cancer Imaging Archive": "cancerimagingarchive.net",
        "the NIH's box": "nihcc.app.box.com",
        "Open-i": "openi.nlm.nih.gov",
        "COCO": "cocodataset.org",
        "MIMIC": "mimic.mit.edu",
        "ADNI": "adni.loni.usc.edu",
        "BIMCV": "bimcv.cipf.es",
    }),
)  # fmt: skip
