"""Who reaches whom, and who reaches nothing."""

import pytest

from tests.deploy.charts import EVERYTHING, one, pods, rendered
from tests.deploy.policies import leaves, reaches

POSTGRESQL, REDIS, WEB, MODEL, HTTPS = 5432, 6379, 8000, 8080, 443
DATA = "to[0].namespaceSelector.matchLabels.name=data"
NAMED = (*EVERYTHING, f"network.postgresql.{DATA}", f"network.redis.{DATA}")
INSIDE = sorted(set(pods()) - {"model-general"})


def labels(component):
    return pods()[component]["metadata"]["labels"]


def policies(values=EVERYTHING):
    return [manifest for manifest in rendered(values) if manifest["kind"] == "NetworkPolicy"]


@pytest.mark.parametrize("component", sorted(pods()))
def test_nobody_reaches_the_internet(component):
    assert not leaves(policies(), labels(component), HTTPS)


@pytest.mark.parametrize("component", sorted(pods()))
def test_once_its_place_is_named_nobody_reaches_another_database(component):
    assert not leaves(policies(NAMED), labels(component), POSTGRESQL)
    assert not leaves(policies(NAMED), labels(component), REDIS)


@pytest.mark.parametrize("port", [53, POSTGRESQL, REDIS, WEB, MODEL, HTTPS])
def test_a_model_reaches_nothing(port):
    assert not leaves(policies(), labels("model-general"), port)
    assert not any(
        reaches(policies(), labels("model-general"), labels(component), port)
        for component in pods()
    )


@pytest.mark.parametrize("component", INSIDE)
def test_what_works_for_the_installation_reaches_the_database_and_the_broker(component):
    assert leaves(policies(), labels(component), POSTGRESQL)
    assert leaves(policies(), labels(component), REDIS)


def test_models_are_asked_by_nodes_and_evaluations_only():
    asking = {
        component
        for component in pods()
        if reaches(policies(), labels(component), labels("model-general"), MODEL)
    }

    assert asking == {"node", "worker-parse"}


def test_web_servers_are_asked_by_the_test_only_from_inside():
    asking = {
        component
        for component in pods()
        if reaches(policies(), labels(component), labels("node"), WEB)
    }

    assert asking == {"test"}


@pytest.mark.parametrize("component", sorted(pods()))
def test_pods_are_found_by_the_policies_whatever_their_labels_are_called(component):
    closed = one("NetworkPolicy", "kb-clawdbot-closed")["spec"]["podSelector"]["matchLabels"]

    assert closed.items() <= labels(component).items()


def test_a_way_out_is_what_the_operator_names():
    values = (*EVERYTHING, "network.workerEgress[0].to[0].ipBlock.cidr=10.1.2.3/32")

    rules = one("NetworkPolicy", "kb-clawdbot-workers", values)["spec"]["egress"]

    assert rules[-1] == {"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}]}
