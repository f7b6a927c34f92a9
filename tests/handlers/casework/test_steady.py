"""A clock that jumps shortens no deadline at once, and a clock that is set back does not turn time back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.casework.steady import GRACE, SLACK, SteadyClock
from tests.fakes.clock import NOON, FrozenClock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Machine:
    """A machine whose clock can be set; what passes passes."""

    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.passed = 0.0

    def monotonic(self) -> float:
        """Give the seconds since the machine started."""
        return self.passed

    def wait(self, by: timedelta) -> None:
        """Let time pass on both clocks."""
        self.passed += by.total_seconds()
        self.clock.advance(by)


def test_it_tells_the_machines_time_while_that_runs_evenly() -> None:
    machine = Machine()
    steady = SteadyClock(machine.clock, machine.monotonic)
    for _ in range(5):
        assert steady.read().now == machine.clock.now()
        machine.wait(10 * MINUTE)


def test_a_jump_of_a_day_is_not_believed_at_once() -> None:
    machine = Machine()
    steady = SteadyClock(machine.clock, machine.monotonic)
    steady.read()
    machine.clock.advance(DAY)
    machine.wait(MINUTE)
    read = steady.read()
    assert (read.now, read.jump) == (NOON + MINUTE, DAY)
    machine.clock.advance(-DAY)
    machine.wait(MINUTE)
    assert (steady.read().now, steady.read().jump) == (NOON + 2 * MINUTE, timedelta())


def test_a_jump_that_lasts_is_believed_since_the_machine_may_have_slept() -> None:
    machine = Machine()
    steady = SteadyClock(machine.clock, machine.monotonic)
    steady.read()
    machine.clock.advance(DAY)
    steady.read()
    machine.wait(GRACE - MINUTE)
    assert steady.read().now == NOON + GRACE - MINUTE
    machine.wait(MINUTE)
    assert steady.read().now == NOON + DAY + GRACE


def test_a_clock_set_back_makes_nothing_earlier_than_the_newest_record() -> None:
    machine = Machine()
    machine.clock.advance(-DAY)
    read = SteadyClock(machine.clock, machine.monotonic, floor=NOON).read()
    assert (read.now, read.jump) == (NOON, -DAY)


@given(st.lists(st.tuples(st.integers(0, 7200), st.integers(-200_000, 200_000) | st.just(0)), max_size=30))
def test_whatever_the_clock_does_time_never_goes_back(steps: list[tuple[int, int]]) -> None:
    machine = Machine()
    steady = SteadyClock(machine.clock, machine.monotonic)
    last = steady.read().now
    for passed, jump in steps:
        machine.wait(timedelta(seconds=passed))
        machine.clock.advance(timedelta(seconds=jump))
        now = steady.read().now
        assert now >= last
        last = now


@given(st.lists(st.tuples(st.integers(1, 600), st.integers(-50_000, 50_000)), min_size=1, max_size=2))
def test_within_the_grace_time_passes_as_the_machine_felt_it(steps: list[tuple[int, int]]) -> None:
    machine = Machine()
    steady = SteadyClock(machine.clock, machine.monotonic)
    steady.read()
    felt = 0
    for passed, jump in steps:
        machine.wait(timedelta(seconds=passed))
        machine.clock.advance(timedelta(seconds=jump))
        felt += passed
        assert abs(steady.read().now - NOON - timedelta(seconds=felt)) <= len(steps) * SLACK
