"""How a file is cut into parts."""

from hypothesis import given
from hypothesis import strategies as st

from graph_api.models.upload import LARGEST, MIB, MOST_PARTS, Upload, part_size


def upload(size: int, part_bytes: int) -> Upload:
    return Upload(
        id="upload_1",
        key="multipart/upload_1",
        sha256="0" * 64,
        size=size,
        part_size=part_size(size, part_bytes),
        state="OPEN",
        store_id="",
        checked=0,
        found="",
        found_size=0,
    )


@given(st.integers(1, LARGEST), st.integers(5 * MIB, 5 * 1024 * MIB))
def test_at_most_10_000_parts_make_a_file_of_any_size(size: int, part_bytes: int) -> None:
    made = upload(size, part_bytes)
    last = made.part_count

    assert 1 <= last <= MOST_PARTS
    assert part_bytes <= made.part_size <= 5 * 1024 * MIB
    assert made.part(1)[0] == 0
    assert made.part(last)[0] == (last - 1) * made.part_size
    assert sum(made.part(last)) == size
    assert 1 <= made.part(last)[1] <= made.part_size


def test_parts_grow_only_where_64_mib_are_too_small() -> None:
    sizes = [part_size(size << 30, 64 * MIB) // MIB for size in (1, 625, 626, 5120)]

    assert sizes == [64, 64, 65, 525]
