"""Memory, places and rates, by themselves."""

from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.errors import BodiesTooLarge, RateLimited, TooManyConnections
from graph_api.routes import load
from graph_api.routes.load import Memory, Places, Rates, agreed
from graph_api.settings import Settings

MIB = 1 << 20


class Clock:
    """A time that passes when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def granted(rates: Rates, user: str = "ada") -> bool:
    try:
        rates.take(user)
    except RateLimited:
        return False
    return True


@given(
    st.sampled_from([0.01, 0.5, 1.0, 3.0, 100.0]),
    st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.3, 1.0, 7.0, 100.0]), max_size=200),
)
def test_no_span_of_time_holds_more_than_its_rate_and_one_burst(
    rate: float, pauses: list[float]
) -> None:
    clock = Clock()
    rates, times = Rates(rate, clock), list[float]()

    for pause in pauses:
        clock.now += pause
        if granted(rates):
            times.append(clock.now)

    burst = max(10 * rate, 1)
    for first, begin in enumerate(times):
        for last, end in enumerate(times[first:], first):
            assert last - first + 1 <= rate * (end - begin) + burst + 1e-6


@given(st.sampled_from([0.01, 0.5, 1.0, 3.0]), st.integers(1, 200))
def test_who_comes_when_told_is_let_in_and_who_keeps_the_rate_is_never_refused(
    rate: float, extra: int
) -> None:
    clock = Clock()
    rates = Rates(rate, clock)

    burst = max(int(10 * rate), 1)
    assert [granted(rates) for _ in range(burst + extra)] == [True] * burst + [False] * extra
    with pytest.raises(RateLimited) as refused:
        rates.take("ada")
    clock.now += refused.value.retry_after
    assert granted(rates)
    for _ in range(50):
        clock.now += 1 / rate + 1e-9
        assert granted(rates)


def test_users_do_not_share_a_rate_and_those_unseen_for_longest_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load, "_USERS", 2)
    rates = Rates(0.1, Clock())

    assert [granted(rates, user) for user in ("ada", "bob", "ada", "bob")] == [
        True,
        True,
        False,
        False,
    ]
    assert granted(rates, "eve")
    # Ada was here before Bob, so she is the one of whom nothing is known any more.
    assert [granted(rates, user) for user in ("bob", "eve", "ada")] == [False, False, True]


@pytest.mark.parametrize(
    ("keys", "rate", "most"), [(False, None, 0), (True, None, 100), (False, 2.5, 2.5), (True, 0, 0)]
)
def test_the_rate_is_that_of_the_setting_else_none_without_keys(
    keys: bool, rate: float | None, most: float
) -> None:
    assert agreed(Settings(keys=keys, rate=rate)) == most


def test_a_rate_of_zero_is_any() -> None:
    rates = Rates(0, Clock())

    assert all(granted(rates) for _ in range(10_000))


def test_one_user_has_a_quarter_of_the_connections() -> None:
    places = Places(8)
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(places.hold("ada"))
        with pytest.raises(TooManyConnections, match="8 connections are open, or 2 of one user"):
            places.check("ada")
        for _ in range(6):
            held.enter_context(places.hold(None))
        with pytest.raises(TooManyConnections):
            places.check("grace")
    places.check("ada")


def test_large_bodies_are_bounded_together_and_in_the_way_of_large_ones_alone() -> None:
    memory = Memory(MIB)
    with ExitStack() as held:
        for _ in range(17):
            held.enter_context(memory.hold())(MIB - (64 << 10))
        with memory.hold() as grows:
            grows(MIB)
            with pytest.raises(BodiesTooLarge, match="16,777,216 bytes"):
                grows(2 * MIB)
        with memory.hold() as grows:
            grows(64 << 10)
    with memory.hold() as grows:
        grows(16 * MIB)
