"""Makes `seeds/models/word-vectors.json`: what words mean, by the words beside them.

    python -m medvl_watch.training.word_vectors PAPERS... > word-vectors.json

PAPERS are JSON Lines files (gzipped or not) with `title` and `abstract`. Words that stand
near each other more often than by chance are counted (positive pointwise mutual information),
and a truncated singular value decomposition makes short vectors of the counts: *fundus* comes
out near *retina*. No label is read. Needs scikit-learn (the extra `train`).
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

from medvl_watch.classify.sections.words import stems

_SIZE = 64
_MOST_WORDS = 20_000
_RAREST = 4  # papers that a word must stand in
_WINDOW = 6  # words; a nearer one counts more
_LONGEST_ABSTRACT = 200  # words
_AT_ONCE = 6_000  # papers, to save memory
_APART = [""] * (_WINDOW // 2)  # between title and abstract
_COMMON = 0.001  # a word in so many papers counts half of a rare one
_SMOOTHING = 0.75  # so that rare words are not taken for telling (Levy et al., 2015)


def texts_of(path: Path) -> Iterator[list[str]]:
    """The stems of each paper's title and abstract."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            abstract = stems(paper.get("abstract") or "")[:_LONGEST_ABSTRACT]
            yield [*stems(paper["title"]), *_APART, *abstract]


def vector_file_of(texts: Sequence[Sequence[str]], size: int = _SIZE) -> dict[str, Any]:
    """The content of the file but for its card; the same texts give the same content."""
    numpy = import_module("numpy")
    seen = Counter(word for text in texts for word in set(text) if word)
    words = [word for word, count in seen.most_common(_MOST_WORDS) if count >= _RAREST]
    vectors = _vectors(_beside(texts, words), size)
    largest = numpy.abs(vectors).max() or 1.0
    rarity = [_COMMON / (_COMMON + seen[word] / len(texts)) for word in words]
    return {
        "format": 1,
        "size": vectors.shape[1],
        "words": " ".join(words),
        "weights": _bytes(numpy.round(numpy.array(rarity) * 255).astype("uint8")),
        "vectors": _bytes(numpy.round(vectors / largest * 127).astype("int8")),
    }


def _beside(texts: Sequence[Sequence[str]], words: Sequence[str]) -> Any:
    """How often each two words stand near each other."""
    numpy, sparse = import_module("numpy"), import_module("scipy.sparse")
    place = {word: number for number, word in enumerate(words)}
    total = sparse.csr_matrix((len(words), len(words)), dtype="float32")
    for start in range(0, len(texts), _AT_ONCE):
        rows, columns, counts = [], [], []
        for text in texts[start : start + _AT_ONCE]:
            known = numpy.array([place.get(word, -1) for word in text])
            for gap in range(1, _WINDOW + 1):
                one, other = known[:-gap], known[gap:]
                both = (one >= 0) & (other >= 0)
                rows.append(one[both])
                columns.append(other[both])
                counts.append(numpy.full(both.sum(), gap**-0.5, dtype="float32"))
        triples = (numpy.concatenate(counts), (numpy.concatenate(rows), numpy.concatenate(columns)))
        total += sparse.coo_matrix(triples, shape=total.shape).tocsr()
    return total + total.T


def _vectors(beside: Any, size: int) -> Any:
    """Words that keep the same company get vectors that point the same way, of length one."""
    numpy = import_module("numpy")
    pairs = beside.tocoo()
    often = numpy.asarray(beside.sum(axis=1)).ravel()
    smoothed = often**_SMOOTHING / (often**_SMOOTHING).sum()
    chance = often[pairs.row] * smoothed[pairs.col]
    told = numpy.maximum(0.0, numpy.log(pairs.data / chance))
    matrix = import_module("scipy.sparse").csr_matrix((told, (pairs.row, pairs.col)), beside.shape)
    svd = import_module("sklearn.utils.extmath").randomized_svd
    left, strengths, _ = svd(matrix, min(size, len(often)), n_iter=4, random_state=0)
    vectors = left * numpy.sqrt(strengths)
    vectors = _of_length_one(vectors)
    return _of_length_one(vectors - vectors.mean(axis=0))


def _of_length_one(vectors: Any) -> Any:
    numpy = import_module("numpy")
    return vectors / (numpy.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)


def _bytes(numbers: Any) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(prog="python -m medvl_watch.training.word_vectors")
    parser.add_argument("papers", type=Path, nargs="+")
    given = parser.parse_args()
    texts = [text for path in given.papers for text in texts_of(path)]
    found = vector_file_of(texts)
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in given.papers}
    names = " ".join(files)
    found["trained_on"] = f"titles and abstracts of {len(texts)} papers, no labels"
    found["card"] = {
        "command": f"python -m medvl_watch.training.word_vectors {names}",
        "made with": f"scikit-learn {import_module('sklearn').__version__}",
        "files": files,
    }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
