"""A detector that was written and forgotten fails the build."""

import pkgutil

import policies.detectors
from policies.detectors import DETECTORS


def test_every_detector_file_is_in_the_list() -> None:
    files = sorted(module.name for module in pkgutil.iter_modules(policies.detectors.__path__))
    assert [detector.__name__.rpartition(".")[2] for detector in DETECTORS] == files
