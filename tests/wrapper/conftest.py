"""A fresh checkout for each test, and one already installed for those that change nothing."""

from pathlib import Path

import pytest

from tests.wrapper.checkout import Checkout, make_checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a checkout that was never started."""
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Give a checkout that was started once."""
    checkout = make_checkout(tmp_path_factory.mktemp("installed"))
    assert checkout.start().status == 0
    return checkout
