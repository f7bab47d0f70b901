"""One balancer for a folder, and who asks knows whether it is there."""

import pytest

from clawdbot_site.front import presence
from clawdbot_site.front.layout import Front


def test_a_folder_has_one_balancer_as_long_as_it_works(tmp_path):
    front = Front(tmp_path)
    assert not presence.is_running(front)

    with presence.held(front):
        assert presence.is_running(front)
        with pytest.raises(presence.Taken, match="stop it first"), presence.held(front):
            pytest.fail("there are two")

    assert not presence.is_running(front)
