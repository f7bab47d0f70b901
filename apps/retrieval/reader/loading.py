"""The reader of this process."""

import logging
import threading
import time
from functools import lru_cache
from pathlib import Path

from apps.core import config
from apps.retrieval.cores import cores_for
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.protocols import PassageReader

logger = logging.getLogger(__name__)
RETRY_S = 30.0
_loading = threading.Lock()
_refused: dict[Path, tuple[float, ModelDamaged]] = {}


def reader() -> PassageReader:
    """The one reader of this process, loaded at first use. Thread-safe.

    Raises ModelDamaged when it is missing or damaged; that is logged once, and looked at again
    after RETRY_S: putting the files back is enough.
    """
    folder = config.load().reader_dir
    with _loading:
        failed_at, refused = _refused.get(folder, (0.0, None))
        if refused is not None and time.monotonic() - failed_at < RETRY_S:
            raise ModelDamaged(refused.message)
        try:
            loaded = _load(folder)
        except ModelDamaged as error:
            if refused is None:
                logger.error("Passages keep the order of the search: %s", error.message)
            _refused[folder] = (time.monotonic(), error)
            raise
        _refused.pop(folder, None)
        return loaded


def warm_up() -> None:
    """Load the reader, and run it once so that its memory is at hand. Without one: nothing."""
    if not config.load().retrieval.read:
        return
    try:
        reader().read("warm up 预热", [("", "warm up 预热")], deadline=None)
    except ModelDamaged:
        return  # logged; search tells it in `degraded`


@lru_cache(maxsize=1)
def _load(folder: Path) -> PassageReader:
    from apps.retrieval.reader.onnx import OnnxReader  # heavy

    return OnnxReader(folder, threads=cores_for(config.load().resource.read_threads))
