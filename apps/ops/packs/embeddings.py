"""Vectors in a pack: float16 rows with the hashes of their texts, ascending through all parts."""

import io
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet
from django.utils.translation import gettext

from apps.knowledge.models import Chunk, Version
from apps.ops.packs import schema
from apps.ops.packs.archive import PackWriter
from apps.ops.packs.opened import Pack
from apps.ops.packs.refusals import refused
from apps.ops.packs.schema import Embedding
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.protocols import Vectors

SHARD_ROWS = 8192
HASH_BYTES = 32
MOST_OFF_UNIT = 0.01  # of the length; float16 costs a unit vector less than 0.001
_ROW, _BYTE = np.dtype("<f2"), np.dtype("u1")

Part = tuple[list[str], Vectors]


def current_generation() -> EmbeddingGeneration | None:
    """The generation that is searched here, whatever model is configured; None: none yet."""
    return EmbeddingGeneration.objects.filter(state=EmbeddingGeneration.State.CURRENT).first()


def identity_of(generation: EmbeddingGeneration) -> Embedding:
    """What makes its vectors comparable with others."""
    return Embedding(
        name=generation.model_name,
        model_sha256=generation.model_sha256,
        dimension=generation.dimension,
        pooling=generation.pooling,
        prefix=generation.prefix,
    )


def is_same_model(one: Embedding | None, other: Embedding | None) -> bool:
    """Whether vectors of the one are vectors of the other; names do not count."""
    if one is None or other is None:
        return False
    return one.model_copy(update={"name": ""}) == other.model_copy(update={"name": ""})


def add_vectors(
    writer: PackWriter, generation: EmbeddingGeneration, versions: QuerySet[Version]
) -> int:
    """Store the vector of every text of these versions once; returns how many."""
    texts = Chunk.objects.filter(version__in=versions.values("pk")).values("text_sha256")
    rows = (
        Vector.objects.filter(generation=generation, text_sha256__in=texts)
        .order_by("text_sha256")
        .values_list("text_sha256", "data")
        .iterator(chunk_size=SHARD_ROWS)
    )
    count = number = 0
    while part := list(islice(rows, SHARD_ROWS)):
        hashes = np.frombuffer(b"".join(bytes.fromhex(one) for one, _ in part), dtype=_BYTE)
        matrix = np.frombuffer(b"".join(bytes(data) for _, data in part), dtype=_ROW)
        writer.add(schema.vector_hashes(number), [_npy(hashes.reshape(len(part), HASH_BYTES))])
        writer.add(schema.vector_rows(number), [_npy(matrix.reshape(len(part), -1))])
        count, number = count + len(part), number + 1
    return count


def vectors_in(pack: Pack) -> Iterator[Part]:
    """The vectors in parts: hashes in order, and as many float32 rows.

    Raises PackRefused for parts of another shape, for numbers that are not finite and rows that
    are not of length 1, for hashes that are there twice.
    """
    embedding = pack.manifest.embedding
    last = b""
    for name in pack.parts("vectors", ".rows.npy"):
        hashes_name = name.replace(".rows.", ".hashes.")
        if hashes_name not in pack.manifest.members:
            raise refused(hashes_name, gettext("it is missing"))
        if embedding is None:
            raise refused(name, gettext("the manifest names no model for these vectors"))
        hashes = _array(pack, hashes_name, _BYTE, HASH_BYTES)
        matrix = _array(pack, name, _ROW, embedding.dimension).astype(np.float32)
        if len(hashes) != len(matrix):
            raise refused(
                name,
                gettext("%(vectors)s vectors for %(hashes)s hashes")
                % {"vectors": len(matrix), "hashes": len(hashes)},
            )
        _require_unit(name, matrix)
        keys = [row.tobytes() for row in hashes]
        _require_ascending(hashes_name, [last, *keys])
        last = keys[-1]
        yield [key.hex() for key in keys], matrix


def _npy(array: npt.NDArray[np.generic]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def _array(
    pack: Pack, name: str, dtype: np.dtype[np.generic], width: int
) -> npt.NDArray[np.generic]:
    try:
        array = np.load(io.BytesIO(pack.read(name)), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as error:
        raise refused(name, gettext("it is no NumPy array")) from error
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != 2:
        raise refused(name, gettext("it is no table of %(type)s") % {"type": dtype.name})
    if array.shape[1] != width:
        raise refused(
            name,
            gettext("its rows have %(there)s numbers, not %(wanted)s")
            % {"there": array.shape[1], "wanted": width},
        )
    if not 0 < array.shape[0] <= SHARD_ROWS:
        raise refused(
            name,
            gettext("it has %(there)s rows, not 1 to %(most)s")
            % {"there": array.shape[0], "most": SHARD_ROWS},
        )
    return array


def _require_unit(name: str, matrix: Vectors) -> None:
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    wrong = np.flatnonzero(~(np.abs(lengths - 1.0) <= MOST_OFF_UNIT))  # also what is no number
    if len(wrong):
        raise refused(name, gettext("row %(row)s is no vector of length 1") % {"row": wrong[0]})


def _require_ascending(name: str, keys: Sequence[bytes]) -> None:
    for number in range(1, len(keys)):
        if keys[number] <= keys[number - 1]:
            raise refused(
                name, gettext("row %(row)s is there twice, or out of order") % {"row": number - 1}
            )
