"""The venues we know by name, each with the ways in which people write it.

A name that stands for itself alone in free text (`Radiology`, `Nature`) is a common word
too; those are `PLAIN` and count only where a venue is expected.
"""

from __future__ import annotations

import re
from functools import cache

# name: abbreviations (as written, case counts), then full names (case does not count)
_VENUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # medical imaging and machine learning for health
    "MICCAI": (
        ("MICCAI", "Miccai"),
        (
            ("International Conference on Medical Image Computing and "
            "Computer[- ]Assisted Interventions?"),
            "Medical Image Computing and Computer[- ]Assisted Interventions?",
        ),
    ),
    "MIDL": (("MIDL",), ("Medical Imaging with Deep Learning",)),
    "MLHC": (("MLHC",), ("Machine Learning for Healthcare(?: Conference)?",)),
    "CHIL": (("CHIL",), ("Conference on Health, Inference,? and Learning",)),
    "ML4H": (("ML4H",), ("Machine Learning for Health(?: Symposium)?",)),
    "IPMI": (("IPMI",), ("Information Processing in Medical Imaging",)),
    "ISBI": (("ISBI",), ("International Symposium on Biomedical Imaging",)),
    "BIBM": (("BIBM",), ("International Conference on Bioinformatics and Biomedicine",)),
    "EMBC": (("EMBC",), ("Engineering in Medicine and Biology (?:Society|Conference)",)),
    "BHI": (("BHI",), ()),
    "SPIE Medical Imaging": (("SPIE MI",), ("SPIE Medical Imaging",)),
    "BioNLP": (("BioNLP",), ()),
    "COMPAYL": (("COMPAYL",), ()),
    "TMI": (
        ("IEEE TMI", "TMI"),
        ("IEEE Trans(?:actions|\\.)? on Medical Imaging", "IEEE Trans\\. Med\\. Imaging"),
    ),
    "JBHI": (
        ("IEEE JBHI", "JBHI", "J-BHI"),
        ("IEEE Journal of Biomedical and Health Informatics",),
    ),
    "TBME": (("IEEE TBME", "TBME"), ("IEEE Transactions on Biomedical Engineering",)),
    "Medical Image Analysis": (("MedIA", "MEDIA", "MedIA journal"), ("Medical Image Analysis",)),
    "Computerized Medical Imaging and Graphics": (
        ("CMIG",),
        ("Computerized Medical Imaging and Graphics",),
    ),
    "Computers in Biology and Medicine": (
        ("CIBM",),
        ("Computers in Biology and Medicine", "Comput(?:ers|\\.) Biol(?:ogy|\\.)? Med\\w*\\.?"),
    ),
    "Artificial Intelligence in Medicine": (("AIIM",), ("Artificial Intelligence in Medicine",)),
    "IJCARS": (
        ("IJCARS",),
        ("International Journal of Computer Assisted Radiology and Surgery",),
    ),
    "MELBA": (("MELBA",), ("Machine Learning for Biomedical Imaging",)),
    "Radiology: AI": ((), ("Radiology: Artificial Intelligence", "Radiology: AI")),
    "European Radiology": ((), ("European Radiology", "Eur\\.? Radiol\\.?")),
    "Medical Physics": ((), ("Medical Physics", "Med\\.? Phys\\.?")),
    "JAMIA": (("JAMIA",), ("Journal of the American Medical Informatics Association",)),
    "JMIR": (("JMIR",), ("Journal of Medical Internet Research",)),
    "Journal of Biomedical Informatics": (
        ("JBI",),
        ("Journal of Biomedical Informatics",),
    ),
    "npj Digital Medicine": (("NPJDM",), ("npj Digital Medicine", "npj Digit\\.? Med\\.?")),
    "Nature Medicine": ((), ("Nature Medicine", "Nat\\.? Med\\.?")),
    "Nature Biomedical Engineering": ((), ("Nature Biomedical Engineering",)),
    "Nature Machine Intelligence": ((), ("Nature Machine Intelligence",)),
    "Nature Communications": ((), ("Nature Communications", "Nat\\.? Commun\\.?")),
    "Nature Methods": ((), ("Nature Methods",)),
    "Scientific Reports": ((), ("Scientific Reports", "Sci\\.? Rep\\.?")),
    "Scientific Data": ((), ("Scientific Data",)),
    "Lancet Digital Health": ((), ("(?:The )?Lancet Digital Health",)),
    "NEJM AI": ((), ("NEJM AI",)),
    "PLOS Digital Health": ((), ("PLOS Digital Health",)),
    "Patterns": ((), ("Patterns \\(Cell Press\\)",)),
    "Cell Reports Medicine": ((), ("Cell Reports Medicine",)),
    # computer vision
    "CVPR": (
        ("CVPR",),
        ("Conference on Computer Vision and Pattern Recognition",),
    ),
    "ICCV": (("ICCV",), ("International Conference on Computer Vision",)),
    "WACV": (("WACV",), ("Winter Conference on Applications of Computer Vision",)),
    "ECCV": (("ECCV",), ("European Conference on Computer Vision",)),
    "ACCV": (("ACCV",), ("Asian Conference on Computer Vision",)),
    "BMVC": (("BMVC",), ("British Machine Vision Conference",)),
    "3DV": (("3DV",), ()),
    "ICIP": (("ICIP",), ("International Conference on Image Processing",)),
    "ICPR": (("ICPR",), ("International Conference on Pattern Recognition",)),
    "TPAMI": (
        ("IEEE TPAMI", "TPAMI", "T-PAMI", "IEEE PAMI", "PAMI"),
        ("IEEE Transactions on Pattern Analysis and Machine Intelligence",),
    ),
    "IJCV": (("IJCV",), ("International Journal of Computer Vision",)),
    "TIP": (("IEEE TIP", "TIP"), ("IEEE Transactions on Image Processing",)),
    "TMM": (("IEEE TMM", "TMM"), ("IEEE Transactions on Multimedia",)),
    "TCSVT": (
        ("IEEE TCSVT", "TCSVT"),
        ("IEEE Transactions on Circuits and Systems for Video Technology",),
    ),
    "TNNLS": (
        ("IEEE TNNLS", "TNNLS"),
        ("IEEE Transactions on Neural Networks and Learning Systems",),
    ),
    "Pattern Recognition": ((), ("Pattern Recognition(?: Journal)?(?! Letters)",)),
    "Information Fusion": ((), ("Information Fusion",)),
    "Neurocomputing": ((), ("Neurocomputing",)),
    "Expert Systems with Applications": (
        ("ESWA",),
        ("Expert Systems with Applications",),
    ),
    # machine learning and artificial intelligence
    "NeurIPS": (
        ("NeurIPS", "NIPS", "Neurips", "NEURIPS", "NeurIps", "NeuRIPS"),
        (
            "(?:Conference on )?(?:Advances in )?Neural Information Processing Systems",
        ),
    ),
    "ICLR": (("ICLR",), ("International Conference on Learning Representations",)),
    "ICML": (("ICML",), ("International Conference on Machine Learning",)),
    "AAAI": (("AAAI",), ("AAAI Conference on Artificial Intelligence",)),
    "IJCAI": (("IJCAI",), ("International Joint Conference on Artificial Intelligence",)),
    "ECAI": (("ECAI",), ("European Conference on Artificial Intelligence",)),
    "AISTATS": (("AISTATS",), ("Artificial Intelligence and Statistics",)),
    "UAI": (("UAI",), ("Uncertainty in Artificial Intelligence",)),
    "COLM": (("COLM",), ("Conference on Language Modeling",)),
    "CoRL": (("CoRL", "CORL"), ("Conference on Robot Learning",)),
    "COLT": (("COLT",), ("Conference on Learning Theory",)),
    "ACML": (("ACML",), ("Asian Conference on Machine Learning",)),
    "KDD": (("SIGKDD", "KDD"), ("Knowledge Discovery and Data Mining",)),
    "IJCNN": (("IJCNN",), ("International Joint Conference on Neural Networks",)),
    "TMLR": (("TMLR",), ("Transactions on Machine Learning Research",)),
    "JMLR": (("JMLR",), ("Journal of Machine Learning Research",)),
    # language, speech, multimedia, the web, robots
    "ACL": (("ACL",), ("Annual Meeting of the Association for Computational Linguistics",)),
    "EMNLP": (
        ("EMNLP",),
        ("(?:Conference on )?Empirical Methods in Natural Language Processing",),
    ),
    "NAACL": (("NAACL-HLT", "NAACL"), ()),
    "EACL": (("EACL",), ()),
    "AACL": (("IJCNLP-AACL", "AACL-IJCNLP", "AACL"), ()),
    "COLING": (
        ("LREC-COLING", "COLING"),
        ("International Conference on Computational Linguistics",),
    ),
    "LREC": (("LREC",), ("Language Resources and Evaluation Conference",)),
    "TACL": (("TACL",), ("Transactions of the Association for Computational Linguistics",)),
    "ICASSP": (
        ("ICASSP",),
        ("International Conference on Acoustics,? Speech,? and Signal Processing",),
    ),
    "Interspeech": (("INTERSPEECH", "Interspeech", "InterSpeech"), ()),
    "ACM MM": (
        ("ACM MM", "ACMMM", "ACM-MM"),
        ("ACM (?:International Conference on )?Multimedia",),
    ),
    "ICME": (("ICME",), ("International Conference on Multimedia and Expo",)),
    "SIGIR": (("SIGIR",), ()),
    "CIKM": (("CIKM",), ()),
    "WWW": (("WWW", "TheWebConf"), ("The Web Conference",)),
    "WSDM": (("WSDM",), ()),
    "SIGGRAPH": (("SIGGRAPH",), ()),
    "SIGGRAPH Asia": (("SIGGRAPH ASIA", "SIGGRAPHASIA"), ("SIGGRAPH Asia",)),
    "ICRA": (("ICRA",), ("International Conference on Robotics and Automation",)),
    "IROS": (("IROS",), ("International Conference on Intelligent Robots and Systems",)),
    "RSS": ((), ("Robotics:? Science and Systems",)),
}  # fmt: skip

PLAIN = frozenset(
    ["Radiology", "Nature", "Science", "Bioinformatics", "Cell", "PNAS", "Diagnostics", "Cancers"]
)


def _of_full_name(text: str) -> str:
    return text.replace(" ", r"\s+")


@cache
def venue_pattern() -> re.Pattern[str]:
    """Finds a known venue in free text; `lastgroup` of the match is its place in `names()`."""
    branches = []
    for place, (abbreviations, full_names) in enumerate(_VENUES.values()):
        ways = [re.escape(one).replace(r"\ ", r"\s+") for one in abbreviations]
        ways += [f"(?i:{_of_full_name(one)})" for one in full_names]
        branches.append((place, sorted(ways, key=len, reverse=True)))
    # Longer spellings first: `SIGGRAPH Asia` before `SIGGRAPH`, `IEEE TMI` before `TMI`.
    branches.sort(key=lambda branch: -len(branch[1][0]))
    joined = "|".join(f"(?P<v{place}>{'|'.join(ways)})" for place, ways in branches)
    return re.compile(rf"(?<![A-Za-z0-9])(?:{joined})(?P<workshop>W)?(?![A-Za-z])")


@cache
def names() -> tuple[str, ...]:
    """The names by which we call the venues, in the order of `venue_pattern`'s groups."""
    return tuple(_VENUES)


def name_of(found: re.Match[str]) -> str:
    """The venue that a match of `venue_pattern` found."""
    group = next(
        name for name, text in found.groupdict().items() if name[1:].isdigit() and text is not None
    )
    return names()[int(group[1:])]


@cache
def known_name(text: str) -> str | None:
    """Our name for a venue written on its own, in whatever case, or None."""
    plain = {name.casefold(): name for name in (*names(), *PLAIN)}
    if exact := plain.get(text.casefold()):
        return exact
    for variant in (text, text.upper()):
        found = venue_pattern().fullmatch(variant)
        if found and not found["workshop"]:
            return name_of(found)
    return None
