"""Originals in an S3 store, as MinIO, Ceph or a cloud has it: <bucket>/<prefix>/ab/abcdef…"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from apps.core.config_storage import Storage
from apps.knowledge.blob_stores import aside
from apps.knowledge.blob_stores.protocol import BLOCK_BYTES, PlaceAway

logger = logging.getLogger(__name__)
MISSING = frozenset({"NoSuchKey", "NotFound"})
UNVERSIONED = frozenset({"NotImplemented", "MethodNotAllowed"})
PART_BYTES = 16 * 2**20  # of an upload; held in memory
ABANDONED_AFTER = timedelta(days=1)
TIMEOUT = urllib3.Timeout(connect=5, read=30)
RETRIES = urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])


class S3Store:
    """Objects of a bucket that is there. Deleting takes all versions of an object away."""

    def __init__(self, address: str, storage: Storage) -> None:
        self.address = address
        parts, endpoint = urlsplit(address), urlsplit(storage.s3_endpoint)
        self._bucket = parts.netloc
        self._prefix = f"{parts.path.strip('/')}/".lstrip("/")
        self._identity = f"{endpoint.netloc}/{self._bucket}/{self._prefix}"
        self._client = Minio(
            endpoint.netloc,
            storage.s3_access_key or None,
            storage.s3_secret_key or None,
            secure=endpoint.scheme == "https",
            region=storage.s3_region,
            http_client=urllib3.PoolManager(
                timeout=TIMEOUT, retries=RETRIES, maxsize=16, ca_certs=storage.s3_ca or None
            ),
        )

    def identity(self) -> str:
        """Server, bucket and prefix."""
        return f"s3:{self._identity}"

    def mark(self) -> str:
        """Nothing to write."""
        return self.identity()

    def aside(self) -> Path:
        """This node's own."""
        return aside.folder()

    def keep(self, sha256: str, path: Path) -> None:
        """Send it, in parts when it is large; there is no object before the last part."""
        with _translated():
            self._client.fput_object(
                self._bucket, self._key(sha256), str(path), part_size=PART_BYTES
            )

    def size_of(self, sha256: str) -> int | None:
        """As the store tells."""
        try:
            with _translated():
                return self._client.stat_object(self._bucket, self._key(sha256)).size
        except FileNotFoundError:
            return None

    def read(self, sha256: str, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        """One request; the store counts the bytes out."""
        if size_bytes == 0 or start:  # a range with nothing in it is an error there
            size = self.size_of(sha256)
            if size is None:
                raise FileNotFoundError(sha256)
            if size_bytes == 0 or start >= size:
                return iter(())
        with _translated():
            response = self._client.get_object(
                self._bucket, self._key(sha256), offset=start, length=size_bytes or 0
            )
        return _blocks(response)

    def path_of(self, sha256: str) -> Path | None:
        """There is no file."""
        return None

    def remove(self, sha256: str) -> bool:
        """The object, and in a bucket that keeps versions all of them."""
        key = self._key(sha256)
        was_there = self.size_of(sha256) is not None
        with _translated():
            if not self.keeps_versions():
                self._client.remove_object(self._bucket, key)
                return was_there
            for one in self._client.list_objects(self._bucket, key, include_version=True):
                self._client.remove_object(self._bucket, key, version_id=one.version_id)
        return was_there

    def names(self, part: str) -> Iterator[str]:
        """In order, a thousand a request."""
        with _translated():
            found = self._client.list_objects(self._bucket, f"{self._prefix}{part}/")
            yield from (str(one.object_name).rsplit("/", 1)[-1] for one in found if not one.is_dir)

    def remove_abandoned(self) -> None:
        """Uploads in parts that a killed process began."""
        before = datetime.now(UTC) - ABANDONED_AFTER
        with _translated():
            begun = self._client._list_multipart_uploads(self._bucket, prefix=self._prefix)
            for one in begun.uploads:
                if one.initiated_time and one.initiated_time < before and one.upload_id:
                    self._client._abort_multipart_upload(
                        self._bucket, one.object_name, one.upload_id
                    )

    def keeps_versions(self) -> bool:
        """Whether the bucket has, or had, versioning on: then objects outlive a plain delete."""
        try:
            return self._client.get_bucket_versioning(self._bucket).status in {
                "Enabled",
                "Suspended",
            }
        except S3Error as error:
            if error.code in UNVERSIONED:
                return False
            raise

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256}"


def _blocks(response: BaseHTTPResponse) -> Iterator[bytes]:
    try:
        with _translated():
            yield from response.stream(BLOCK_BYTES)
    finally:
        response.close()
        response.release_conn()


@contextmanager
def _translated() -> Iterator[None]:
    """What the vendor raises, as what a store raises."""
    try:
        yield
    except S3Error as error:
        if error.code in MISSING:
            raise FileNotFoundError(error.object_name) from error
        logger.warning("the S3 store refused: %s", error.code)
        raise PlaceAway(f"the store refuses: {error.code}") from error
    except (MinioException, HTTPError) as error:
        logger.warning("the S3 store does not answer: %s", type(error).__name__)
        raise PlaceAway("the store does not answer") from error
