"""Answers that a process keeps: the last ones, and not too many."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from graph_api.models.edge import Edge
from graph_api.models.ledger import Moment
from graph_api.models.lineage import Lineage
from graph_api.services.lineage import Kept

MOMENT = Moment(seq=1, at=datetime(2026, 1, 2, tzinfo=UTC))


class Few(Kept):
    MOST = 10


def answer(size: int) -> Lineage:
    """It counts as many, and one for itself."""
    return Lineage(as_of=MOMENT, depths={f"artifact_{n}": n for n in range(size)})


@given(sizes=st.lists(st.integers(0, 12), max_size=30))
def test_the_last_answers_are_kept_as_many_as_fit(sizes: list[int]) -> None:
    kept = Few()
    answers = [answer(size) for size in sizes]
    for asked, it in enumerate(answers):
        kept.put(asked, it)

    left, expected = Few.MOST, dict[int, Lineage]()
    for asked, size in reversed([*enumerate(sizes)]):
        if size + 1 > Few.MOST:
            continue
        left -= size + 1
        if left < 0:
            break
        expected[asked] = answers[asked]
    found = {asked: kept.get(asked) for asked in range(len(sizes))}
    assert {asked: it for asked, it in found.items() if it} == expected


def test_what_was_asked_for_lately_stays() -> None:
    kept = Few()
    for asked in "abc":
        kept.put(asked, answer(2))
    kept.get("a")
    kept.put("d", answer(2))

    assert [asked for asked in "abcd" if kept.get(asked)] == ["a", "c", "d"]


def test_an_answer_that_ran_out_of_time_is_found_anew() -> None:
    kept = Few()
    late = answer(1)
    late.incomplete_because = ["TIMEOUT", "DEPTH"]
    kept.put("a", late)

    assert kept.get("a") is None


def test_of_a_large_answer_the_entities_are_kept_for_who_wants_no_edges() -> None:
    kept = Few()
    large = answer(8)
    large.edges = [Edge(source="a", target="b", kind="USED_BY")]
    kept.put("a", large)

    assert kept.get("a") is None
    found = kept.get("a", edges=False)
    assert found
    assert (found.depths, found.edges) == (large.depths, [])
