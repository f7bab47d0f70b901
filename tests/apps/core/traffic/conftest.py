"""Both stores, one after the other."""

from collections.abc import Iterator

import pytest
from redis import Redis

from tests import services
from tests.apps.core.traffic.stores import Where


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory) -> Iterator[str]:
    with services.redis(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture(params=["sqlite", "redis"])
def where(request, tmp_path) -> Where:
    if request.param == "sqlite":
        return Where(str(tmp_path / "run" / "traffic.sqlite3"))
    address = request.getfixturevalue("redis_address")
    Redis.from_url(address).flushall()
    return Where(address)
