"""What tests of the policies share."""

import pytest

from policies.load import house_policy
from policies.rules import Policy


@pytest.fixture(scope="session")
def house() -> Policy:
    """Give the policy that the project ships."""
    return house_policy()
