"""The doctor on proxies that are not believed."""

import pytest

from clawdbot_site.installation.proxy_checks import proxy_findings
from tests.node_rows import told

pytestmark = pytest.mark.django_db


def test_a_proxy_that_no_node_trusts_is_named_once_for_each_node():
    told("n1", "web", figures={"unbelieved": ["10.0.0.4"]})
    told("n1", "indexer", figures={"unbelieved": []})
    told("n2", "web", figures={"unbelieved": ["10.0.0.4"]})

    seen = [finding.seen for finding in proxy_findings()]

    assert seen == ["10.0.0.4 speaks for others at n1", "10.0.0.4 speaks for others at n2"]


def test_without_such_a_proxy_there_is_nothing_to_say():
    told("n1", "web")

    assert list(proxy_findings()) == []
