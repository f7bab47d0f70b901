"""The section of clawdbot.yaml about files: the data folder, and where originals lie."""

from importlib.util import find_spec
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from apps.core.config_sections import ByteSize, Section

DATABASE = "database"
S3_SCHEME = "s3://"


def _address(text: str) -> str:
    if "://" in text and not text.startswith(S3_SCHEME):
        raise ValueError("write a folder, `database` or s3://bucket/prefix")
    if text.startswith(S3_SCHEME) and not text.removeprefix(S3_SCHEME).strip("/"):
        raise ValueError("write the bucket, too: s3://bucket/prefix")
    if text.startswith(S3_SCHEME) and find_spec("minio") is None:
        raise ValueError("minio, which s3:// needs, is not installed; run: make nodes")
    return text


Address = Annotated[str, AfterValidator(_address)]


class Storage(Section):
    """Where files lie."""

    data_dir: str = Field(
        "data", description="Folder of database, originals, index, logs, secrets."
    )
    originals: Address = Field(
        "",
        description="Where originals lie. Empty: in data_dir/blobs. Several nodes need one place: "
        "a folder that each of them has mounted, `database`, or `s3://bucket/prefix`.",
    )
    originals_also: Address = Field(
        "",
        description="A second place where originals are looked for, while they move: `clawdbot "
        "originals move` brings them from here to storage.originals.",
    )
    models: str = Field(
        "",
        description="Folder of the files of language models; empty: in data_dir/models. Nodes that "
        "serve the same models can share one that each of them has mounted.",
    )
    s3_endpoint: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#@]+)?$",
        description="Address of the S3 store, like `https://minio:9000`.",
    )
    s3_region: str = Field("us-east-1", description="Its region; MinIO takes any.")
    s3_access_key: str = Field("", repr=False, description="The key that names who asks.")
    s3_secret_key: str = Field(
        "",
        repr=False,
        description="Its secret; better in a file, named by CLAWDBOT_STORAGE__S3_SECRET_KEY_FILE.",
    )
    s3_ca: str = Field(
        "",
        description="File with the certificate of the authority that signed the store's; empty: "
        "the usual authorities.",
    )
    min_free: ByteSize = Field(
        "200MB", description="Uploads are refused below this much free disk."
    )

    @model_validator(mode="after")
    def _s3_can_be_reached(self) -> Self:
        places = (self.originals, self.originals_also)
        if any(one.startswith(S3_SCHEME) for one in places) and not self.s3_endpoint:
            raise ValueError("s3_endpoint must be set where originals lie in an s3:// place")
        return self
