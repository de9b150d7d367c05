"""Makes `seeds/models/background.json`: how often words occur in papers at large.

    python -m medvl_watch.training.background PAPERS > seeds/models/background.json

PAPERS is a JSON Lines file (gzipped or not) with `title` and `abstract`. Words of fewer than
three titles are left out. No label is read. Needs numpy (the extra `train`).
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.classify.sections.word_vectors import WordVectors, load_word_vectors
from medvl_watch.classify.sections.words import stems
from medvl_watch.classify.subject.background import title_words

_RAREST = 3  # titles that a word must stand in
_EVERY = 7  # of the titles, for mean and whitening
_RIDGE = 1e-3  # of the mean variance is added to each direction, so that none counts too much


def read_papers(path: Path) -> Iterator[tuple[str, str]]:
    """The title and the abstract of each paper."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            yield str(paper["title"]), str(paper.get("abstract") or "")


def background_file_of(papers: Sequence[tuple[str, str]], vectors: WordVectors) -> dict[str, Any]:
    """The content of the file but for its card and digest."""
    in_titles: Counter[str] = Counter()
    in_abstracts: Counter[str] = Counter()
    for title, abstract in papers:
        in_titles.update(title_words(title))
        in_abstracts.update(set(stems(abstract)))
    mean, whitening = _mean_and_whitening([title for title, _ in papers[::_EVERY]], vectors)
    return {
        "papers": len(papers),
        "mean": mean,
        "whitening": whitening,
        "words": {
            word: [count, in_abstracts[word]]
            for word, count in sorted(in_titles.items())
            if count >= _RAREST
        },
    }


def _mean_and_whitening(titles: Sequence[str], vectors: WordVectors) -> tuple[str, str]:
    """Of the vectors of these titles, in base64."""
    numpy = import_module("numpy")
    found = (vectors.text_vector(Counter(stems(title))) for title in titles)
    rows = numpy.array([row for row in found if row])
    mean = rows.mean(axis=0)
    covariance = numpy.cov((rows - mean).T)
    size = len(mean)
    covariance += _RIDGE * numpy.trace(covariance) / size * numpy.eye(size)
    whitening = numpy.linalg.inv(numpy.linalg.cholesky(covariance))
    return _encode(mean), _encode(whitening)


def _encode(numbers: Any) -> str:  # an array of numpy, which is not installed everywhere
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


def main() -> None:
    """Run `python -m medvl_watch.training.background`."""
    parser = argparse.ArgumentParser(prog="python -m medvl_watch.training.background")
    parser.add_argument("papers", type=Path)
    path: Path = parser.parse_args().papers
    vectors_path = bundled_folder("seeds") / "models" / "word-vectors.json"
    vectors_text = vectors_path.read_text(encoding="utf-8")
    vectors = load_word_vectors(vectors_text, str(vectors_path))
    content = background_file_of(list(read_papers(path)), vectors)
    words = content.pop("words")
    head = {
        "format": 1,
        "trained_on": f"titles and abstracts of {content['papers']} papers, no labels",
        "card": {
            "command": f"python -m medvl_watch.training.background {path.name}",
            "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]},
        },
        "vectors": hashlib.sha256(vectors_text.encode()).hexdigest()[:12],
        **content,
    }
    lines = ",\n".join(
        f"{json.dumps(word)}:[{one},{other}]" for word, (one, other) in words.items()
    )
    sys.stdout.write(f'{json.dumps(head, indent=1)[:-2]},\n "words": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
