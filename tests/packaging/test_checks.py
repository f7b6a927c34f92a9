"""How the checks hand the tests out."""

import os

import pytest

from tests.__main__ import MOST_PROCESSES, shared_out


@pytest.mark.parametrize(("cores", "processes"), [(2, 2), (64, MOST_PROCESSES)])
def test_all_tests_are_shared_out_by_file(monkeypatch: pytest.MonkeyPatch, cores: int, processes: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert shared_out(["--durations=5"]) == ["-n", str(processes), "--dist", "loadfile"]


@pytest.mark.parametrize("arguments", [["tests/bot"], ["-m", "full"], ["-n", "0"], ["--durations=5", "-x"]])
def test_whoever_says_which_tests_or_how_is_not_overruled(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert shared_out(arguments) == []


def test_one_core_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert shared_out([]) == []
