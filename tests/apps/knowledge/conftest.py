"""Places for originals: the four that an operator can choose, and a store of S3's to try it on."""

import boto3
import pytest
from moto.server import ThreadedMotoServer

from apps.core.config_storage import Storage
from apps.knowledge.blob_stores.both import BothStores
from apps.knowledge.blob_stores.database import DatabaseStore
from apps.knowledge.blob_stores.folder import FolderStore
from apps.knowledge.blob_stores.s3 import S3Store

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}


@pytest.fixture(scope="session")
def s3_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server):
    """A vendor's client, and an empty bucket called `originals`."""
    client = boto3.client("s3", endpoint_url=s3_server, **KEYS)
    client.create_bucket(Bucket="originals")
    yield client
    for listed in client.list_object_versions(Bucket="originals").get("Versions", []):
        client.delete_object(Bucket="originals", Key=listed["Key"], VersionId=listed["VersionId"])
    for listed in client.list_object_versions(Bucket="originals").get("DeleteMarkers", []):
        client.delete_object(Bucket="originals", Key=listed["Key"], VersionId=listed["VersionId"])
    client.delete_bucket(Bucket="originals")


@pytest.fixture
def s3_settings(s3_server):
    return Storage(s3_endpoint=s3_server, s3_access_key="key", s3_secret_key="secret")


@pytest.fixture
def store(request, tmp_path):
    """The place that the test is parametrized with."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        return S3Store("s3://originals/kb", request.getfixturevalue("s3_settings"))
    if request.param == "folder":
        return FolderStore(tmp_path / "place")
    if request.param == "both":
        return BothStores(DatabaseStore(), FolderStore(tmp_path / "place"))
    return DatabaseStore()
