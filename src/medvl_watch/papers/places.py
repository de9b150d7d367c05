"""The table of places: what an address, a DOI or a server's name stands for, one row per place.

Every question of this kind (is it a preprint, is it code, which year does the address state) is
answered from here, by `addresses.py` for addresses and DOIs and by `preprint_names.py` for names,
so that reading and writing, classifier and checks agree. A new server is one row. The names of
venues are in `seeds/venues.yaml`.
"""

from __future__ import annotations

from medvl_watch.papers.other_places import CODE, DATA, PAGES
from medvl_watch.papers.place_rules import (
    Place,
    PlaceKind,
    VolumeRule,
    any_case,
    as_doi,
    as_key,
    identity,
    read_arxiv_id,
    read_ijcai_number,
    read_miccai_number,
    read_pii,
    read_posting_date,
    rows_of_hosts,
)

_ARXIV_ID = r"((?:[a-z-]+(?:\.[a-z]{2})?/)?\d{4}\.?\d{3,5}(?:v\d+)?)(?!\d)"
_ACL_ID = r"((?:\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)|(?:[a-z]\d\d-\d{4}))(?!\d)"
_RXIV = r"10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?"
_RXIV_EARLY = (identity(r"/early/[\d/]+/(\d{4}\.\d\d\.\d\d\.\d+)", read_posting_date),)
_RXIV_YEAR = (
    VolumeRule(any_case(r"^doi:10\.(?:1101|64898)/(?P<year>(?:19|20)\d\d)\.\d\d\.\d\d\.")),
)

PREPRINTS = (
    Place(
        name="arXiv", kind=PlaceKind.PREPRINTS, hosts=("arxiv.org", "ar5iv.org"),
        registrants=("10.48550",), spelling=r"ar\s?xiv|corr",
        identities=(
            identity(rf"^/(?:abs|pdf|html|format|ps|src|e-print|tb)/{_ARXIV_ID}", read_arxiv_id),
            identity(rf"^/ftp/(?:[a-z-]+/)?papers/\d{{4}}/{_ARXIV_ID}", read_arxiv_id),
        ),
        volumes=(VolumeRule(any_case(r"^arxiv:(?:[a-z-]+/)?(?P<year>\d\d)")),),
    ),
    # Both give out DOIs with the same numbers: bioRxiv's end in six digits, medRxiv's in eight.
    Place(
        name="bioRxiv", kind=PlaceKind.PREPRINTS, hosts=("biorxiv.org",),
        registrants=("10.1101", "10.64898"), doi=any_case(rf"{_RXIV}\d{{6}}$"),
        spelling=r"bio\s?rxiv", identities=_RXIV_EARLY, volumes=_RXIV_YEAR,
    ),
    Place(
        name="medRxiv", kind=PlaceKind.PREPRINTS, hosts=("medrxiv.org",),
        registrants=("10.1101", "10.64898"), doi=any_case(rf"{_RXIV}\d{{8}}$"),
        spelling=r"med\s?rxiv", identities=_RXIV_EARLY, volumes=_RXIV_YEAR,
    ),
    Place(name="ChemRxiv", kind=PlaceKind.PREPRINTS, hosts=("chemrxiv.org",),
          registrants=("10.26434",), spelling=r"chem\s?rxiv"),
    Place(name="TechRxiv", kind=PlaceKind.PREPRINTS, hosts=("techrxiv.org",),
          registrants=("10.36227",), spelling=r"tech\s?rxiv"),
    Place(name="SSRN", kind=PlaceKind.PREPRINTS, hosts=("ssrn.com",),
          registrants=("10.2139",), spelling=r"ssrn"),
    Place(name="Research Square", kind=PlaceKind.PREPRINTS, hosts=("researchsquare.com",),
          registrants=("10.21203",), spelling=r"research\s?square"),
    Place(name="Preprints.org", kind=PlaceKind.PREPRINTS, hosts=("preprints.org",),
          registrants=("10.20944",), spelling=r"preprints\.org"),
    Place(name="OSF Preprints", kind=PlaceKind.PREPRINTS, hosts=("osf.io",),
          path=any_case(r"^/preprints/"), registrants=("10.31219",), spelling=r"osf\s?preprints"),
    Place(name="PsyArXiv", kind=PlaceKind.PREPRINTS, hosts=("psyarxiv.com",),
          registrants=("10.31234",), spelling=r"psyarxiv"),
    Place(name="Authorea", kind=PlaceKind.PREPRINTS, hosts=("authorea.com",),
          registrants=("10.22541",), spelling=r"authorea"),
    Place(name="ScienceOpen Preprints", kind=PlaceKind.PREPRINTS, registrants=("10.14293",),
          spelling=r"scienceopen\spreprints"),
    Place(name="JMIR Preprints", kind=PlaceKind.PREPRINTS, hosts=("preprints.jmir.org",),
          registrants=("10.2196",), doi=any_case(r"^10\.2196/preprints\."),
          spelling=r"jmir\s?preprints",
          identities=(identity(r"^/preprint/(\d+)", as_doi(r"10.2196/preprints.\1")),)),
    # A paper there may be under review, accepted or rejected: it is not a venue.
    Place(name="OpenReview", kind=PlaceKind.PREPRINTS, hosts=("openreview.net",),
          spelling=r"openreview", parameter=("id", "openreview:")),
)  # fmt: skip

PROCEEDINGS = (
    Place(
        name="the CVF's proceedings", kind=PlaceKind.PROCEEDINGS,
        hosts=("openaccess.thecvf.com",),
        identities=(identity(r"/([^/]+_\d{4})_(?:paper|supplemental)\.(?:html|pdf)$",
                             as_key(r"cvf:\1")),),
        volumes=(
            VolumeRule(
                any_case(r"/content[/_](?P<venue>cvpr|iccv|wacv|accv|eccv)(?P<workshop>w)?_?"
                         r"(?P<year>20\d\d)(?P<workshop_after>_?w)?"),
                venues={name.lower(): name for name in ("CVPR", "ICCV", "WACV", "ACCV", "ECCV")},
            ),
            VolumeRule(any_case(r"[a-z]_?(?P<year>20\d\d)\b")),
        ),
    ),
    Place(
        name="the ECVA's proceedings", kind=PlaceKind.PROCEEDINGS, hosts=("ecva.net",),
        identities=(identity(r"/(eccv_\d{4})/papers_ECCV/(?:papers|html)/0*(\d+)",
                             as_key(r"ecva:\1/\2")),),
        volumes=(VolumeRule(any_case(r"/eccv_?(?P<year>20\d\d)\b"), venue="ECCV"),),
    ),
    Place(
        name="NeurIPS", kind=PlaceKind.PROCEEDINGS, hosts=("neurips.cc", "nips.cc"),
        identities=(
            identity(r"/(?:hash|file)/([0-9a-f]{32})", as_key(r"neurips:\1")),
            identity(r"^/paper/(\d{4,5})-", as_key(r"neurips:\1")),
        ),
        volumes=(VolumeRule(any_case(r"^/paper(?:_files/paper)?/(?P<year>\d{4})/"),
                            venue="NeurIPS"),),
    ),
    Place(
        name="MICCAI", kind=PlaceKind.PROCEEDINGS, hosts=("miccai.org",),
        identities=(identity(r"^/miccai-(\d{4})/(?:paper/0*(\d+)_|\d+-Paper0*)(?P<n>(?<=_)|\d+)",
                             read_miccai_number),),
        volumes=(VolumeRule(any_case(r"^/miccai-(?P<year>\d{4})/"), venue="MICCAI"),),
    ),
    Place(
        name="the ACL's proceedings", kind=PlaceKind.PROCEEDINGS,
        hosts=("aclanthology.org", "aclanthology.info", "aclweb.org",
               "aclanthology.coli.uni-saarland.de"),
        registrants=("10.18653", "10.3115"),
        identities=(identity(rf"^/(?:anthology/)?(?:papers/[a-z]/[a-z]\d\d/)?{_ACL_ID}",
                             as_key(r"acl:\1")),),
        volumes=(
            VolumeRule(
                any_case(r"^acl:(?P<year>\d{4})\.(?P<findings>findings-)?(?P<venue>[a-z]+)"
                         r"(?:-(?:main|long|short|demos?|industry|\d+|(?P<workshop>[a-z]+)))?\.\d"),
                venues={
                    **{name.lower(): name for name in (
                        "ACL", "EMNLP", "NAACL", "EACL", "AACL", "COLING", "LREC", "TACL")},
                    "ijcnlp": "AACL", "conll": "CoNLL", "bionlp": "BioNLP",
                },
                needs_venue=True,
            ),
            # `P19-1001`: volume 1 of a letter is the main conference.
            VolumeRule(
                any_case(r"^acl:(?P<venue>[pdnec])(?P<year>\d\d)-1\d{3}"),
                venues={"p": "ACL", "d": "EMNLP", "n": "NAACL", "e": "EACL", "c": "COLING"},
            ),
            VolumeRule(any_case(r"^acl:(?P<year>\d{4})\.")),
            VolumeRule(any_case(r"^acl:[a-z](?P<year>\d\d)-")),
        ),
    ),
    Place(name="PMLR", kind=PlaceKind.PROCEEDINGS, hosts=("mlr.press",),
          identities=(identity(r"^/(v\d+)/([a-z0-9-]*\d\d[a-z]{0,2})(?![a-z0-9])",
                               as_key(r"pmlr:\1/\2")),)),
    Place(name="PMLR", kind=PlaceKind.PROCEEDINGS, hosts=("githubusercontent.com",),
          path=any_case(r"^/mlresearch/v\d+/"),
          identities=(identity(r"^/mlresearch/(v\d+)/[^/]+/assets/([a-z0-9-]+)/",
                               as_key(r"pmlr:\1/\2")),)),
    Place(
        name="IJCAI", kind=PlaceKind.PROCEEDINGS, hosts=("ijcai.org",), registrants=("10.24963",),
        identities=(identity(r"^/proceedings/(\d{4})/0*(\d+)", read_ijcai_number),),
        volumes=(VolumeRule(any_case(r"^doi:10\.24963/ijcai\.(?P<year>\d{4})/"), venue="IJCAI"),),
    ),
    Place(name="the AAAI", kind=PlaceKind.PROCEEDINGS, hosts=("aaai.org",),
          registrants=("10.1609",),
          identities=(identity(r"/index\.php/([a-z]+)/article/(?:view|download)/(\d+)",
                               as_key(r"ojs:\1/\2")),)),
    *rows_of_hosts(PlaceKind.PROCEEDINGS, {
        "the ISCA's proceedings": "isca-speech.org isca-archive.org",
        "the BMVA's proceedings": "bmva.org bmva-archive.org.uk",
    }),
)  # fmt: skip

_PUBLISHER = PlaceKind.PUBLISHER
PUBLISHERS = (
    Place(
        name="Nature's journals", kind=_PUBLISHER, hosts=("nature.com",), registrants=("10.1038",),
        identities=(identity(r"^/articles/([a-z0-9][a-z0-9._-]*?)(?:_reference)?\.?(?:\.pdf)?/?$",
                             as_doi(r"10.1038/\1")),),
        volumes=(VolumeRule(any_case(r"^doi:10\.1038/s4\d{4}-0(?P<year>\d\d)-\d{4,5}-"),
                            is_exact=False),),
    ),
    Place(
        name="JMIR", kind=_PUBLISHER, hosts=("jmir.org",), registrants=("10.2196",),
        identities=(identity(r"^/\d{4}/\d+/e(\d+)", as_doi(r"10.2196/\1")),),
        volumes=(VolumeRule(any_case(r"^/(?P<year>(?:19|20)\d\d)/")),),
    ),
    Place(
        name="IEEE", kind=_PUBLISHER, hosts=("ieee.org",), registrants=("10.1109", "10.23919"),
        identities=(
            identity(r"/document/(\d{5,9})", as_key(r"ieee:\1")),
            identity(r"/iel\d+/(?:\d+/)*0*(\d{5,9})\.pdf", as_key(r"ieee:\1")),
        ),
        parameter=("arnumber", "ieee:"),
        # Only those of conferences: the year in a journal's DOI is that of acceptance.
        volumes=(
            VolumeRule(
                any_case(r"^doi:10\.1109/(?P<venue>[a-z]+)\d*\.(?P<year>(?:19|20)\d\d)\."),
                venues={name.lower(): name for name in (
                    "CVPR", "ICCV", "WACV", "ISBI", "BIBM", "ICASSP", "ICIP", "ICPR", "ICME",
                    "EMBC", "ICRA", "IROS", "IJCNN")},
                needs_venue=True,
            ),
        ),
    ),
    Place(
        name="Oxford University Press", kind=_PUBLISHER, hosts=("oup.com",),
        registrants=("10.1093",),
        identities=(identity(r"^/([a-z]+)/article[a-z-]*/\d+/\w+/([a-z]{2,6}\d+)(?:/|$)",
                             as_doi(r"10.1093/\1/\2")),),
    ),
    Place(name="Elsevier", kind=_PUBLISHER, hosts=("sciencedirect.com",),
          registrants=("10.1016", "10.1053", "10.1067"),
          identities=(identity(r"/pii/(S\d{7}[\dX]\d{7}[\dX])", read_pii),)),
    Place(name="Elsevier", kind=_PUBLISHER, hosts=("elsevier.com", "sciencedirectassets.com"),
          identities=(identity(r"/pii/(S\d{7}[\dX]\d{7}[\dX])", read_pii),)),
    Place(name="The Lancet", kind=_PUBLISHER, hosts=("thelancet.com",), registrants=("10.1016",),
          identities=(identity(r"/PII(S\d{4}-\d{4}\(\d\d\)\d{5}-[0-9X])", read_pii),)),
    Place(name="Cell Press", kind=_PUBLISHER, hosts=("cell.com",),
          identities=(identity(r"/(?:PII)?(S\d{4}-\d{4}\(\d\d\)\d{5}-[0-9X])", read_pii),)),
    # PubMed Central holds what has appeared in journals, and preprints of medicine and biology.
    Place(
        name="PubMed", kind=_PUBLISHER, hosts=("nlm.nih.gov",),
        copies_of=("bioRxiv", "medRxiv", "Research Square"),
        identities=(
            identity(r"^/(?:pubmed/)?(\d{4,9})", as_key(r"pmid:\1")),
            identity(r"/articles/(PMC\d{4,9})", as_key(r"pmcid:\1")),
        ),
    ),
    Place(name="Radiology's publisher", kind=_PUBLISHER, hosts=("rsna.org",),
          registrants=("10.1148",)),
    *rows_of_hosts(_PUBLISHER, {
        "Springer": "springer.com springeropen.com springernature.com springerprofessional.de",
        "the ACM": "dl.acm.org",
        "Wiley": "wiley.com",
        "MDPI": "mdpi.com",
        "Frontiers": "frontiersin.org",
        "Taylor & Francis": "tandfonline.com",
        "the SPIE": "spiedigitallibrary.org",
        "IOP": "iop.org",
        "PLOS": "plos.org",
        "Science": "science.org",
        "NEJM": "nejm.org",
        "JAMA": "jamanetwork.com",
        "BMJ": "bmj.com",
        "PNAS": "pnas.org",
        "JMLR": "jmlr.org",
        "MELBA": "melba-journal.org",
    }),
)  # fmt: skip

INDEXES = (
    Place(name="doi.org", kind=PlaceKind.INDEX, hosts=("doi.org",)),
    Place(name="alphaXiv", kind=PlaceKind.INDEX, hosts=("alphaxiv.org",),
          identities=(identity(rf"^/(?:abs|pdf|html|overview|resources)/{_ARXIV_ID}",
                               read_arxiv_id),)),
    Place(name="Hugging Face's papers", kind=PlaceKind.INDEX, hosts=("huggingface.co", "hf.co"),
          path=any_case(r"^/papers(?:/|$)"),
          identities=(identity(rf"^/papers/{_ARXIV_ID}", read_arxiv_id),)),
    Place(name="arXiv Vanity", kind=PlaceKind.INDEX, hosts=("arxiv-vanity.com",),
          identities=(identity(rf"^/papers/{_ARXIV_ID}", read_arxiv_id),)),
    Place(name="SciRate", kind=PlaceKind.INDEX, hosts=("scirate.com",),
          identities=(identity(rf"^/arxiv/{_ARXIV_ID}", read_arxiv_id),)),
    Place(name="papers.cool", kind=PlaceKind.INDEX, hosts=("papers.cool",),
          identities=(identity(rf"^/arxiv/{_ARXIV_ID}", read_arxiv_id),)),
    Place(name="Semantic Scholar", kind=PlaceKind.INDEX, hosts=("semanticscholar.org",),
          identities=(identity(rf"/arxiv:?/?{_ARXIV_ID}", read_arxiv_id),)),
    Place(name="DBLP", kind=PlaceKind.INDEX, hosts=("dblp.org",),
          identities=(identity(r"/journals/corr/abs-(\d{4})-(\d{4,5})(?!\d)", read_arxiv_id),)),
    Place(
        name="Europe PMC", kind=PlaceKind.INDEX, hosts=("europepmc.org",),
        identities=(
            identity(r"/(?:article|abstract)/MED/(\d{4,9})", as_key(r"pmid:\1")),
            identity(r"/(PMC\d{4,9})", as_key(r"pmcid:\1")),
        ),
    ),
    Place(name="ResearchGate", kind=PlaceKind.INDEX, hosts=("researchgate.net",)),
    Place(name="HAL", kind=PlaceKind.INDEX, hosts=("hal.science",)),
)  # fmt: skip

JOINT = frozenset({(frozenset({"LREC", "COLING"}), 2024)})
"""Conferences that were held as one."""

PLACES: tuple[Place, ...] = (
    *DATA, *PREPRINTS, *PROCEEDINGS, *PUBLISHERS, *INDEXES, *CODE, *PAGES,
)  # fmt: skip
"""All rows. Of two rows for one host, the first whose `path` fits counts."""
