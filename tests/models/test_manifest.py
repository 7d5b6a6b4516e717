"""Manifest format 1, against its specification in ``docs/manifest.md``."""

import hashlib
import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import PathTaken
from graph_api.models.manifest import Entry, decode, digest, dumped, loaded, merged, pages

SPECIFICATION = Path(__file__).parents[2] / "docs" / "manifest.md"


def entry(path: str, content: str = "") -> Entry:
    data = content.encode()
    return Entry(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def version_digest(entries: list[Entry]) -> str:
    return digest(page.digest for page in pages(merged(entries)))


def starts_page(path: str) -> bool:
    return int(hashlib.sha256(path.encode()).hexdigest(), 16) % 1024 == 0


paths = st.text(
    st.characters(codec="utf-8", exclude_characters="/\\", exclude_categories=["Cc", "Cs"]),
    min_size=1,
    max_size=8,
)
manifests = st.dictionaries(paths, st.sampled_from(["", "1", "22"]), max_size=40).map(
    lambda files: [entry(path, content) for path, content in files.items()]
)


@given(manifests)
@settings(max_examples=100, deadline=None)
def test_pages_hold_every_entry_in_the_order_of_its_bytes(entries: list[Entry]) -> None:
    found = [entry for page in pages(merged(entries)) for entry in decode(page.data)]

    assert found == sorted(entries, key=lambda entry: entry.path.encode())


@given(manifests, st.randoms())
@settings(max_examples=100, deadline=None)
def test_equal_content_has_an_equal_digest_in_any_order(
    entries: list[Entry], random: Random
) -> None:
    shuffled = random.sample(entries, len(entries))

    assert version_digest(shuffled) == version_digest(entries)
    assert loaded(dumped(entries)) == entries


def test_a_page_begins_where_the_hash_of_a_path_says() -> None:
    entries = merged([entry(f"f{n:05d}") for n in range(6000)])
    found = list(pages(entries))

    borders = [page.first_path for page in found][1:]
    assert borders == [e.path for e in entries[1:] if starts_page(e.path)]
    assert len(borders) == 5
    assert sum(page.count for page in found) == 6000


def test_a_page_holds_8192_entries_at_most() -> None:
    names = [name for n in range(9000) if not starts_page(name := f"{n:05d}")]
    found = list(pages(merged([entry(name) for name in names[:8200]])))

    assert [page.count for page in found] == [8192, 8]


def test_a_change_of_one_file_changes_one_page() -> None:
    before = {page.digest for page in pages(merged([entry(f"f{n:05d}") for n in range(6000)]))}
    changed = [entry(f"f{n:05d}", "x" if n == 3000 else "") for n in range(6000)]
    after = {page.digest for page in pages(merged(changed))}

    assert len(before) == len(after) == 6
    assert len(before & after) == 5


def test_equal_entries_count_once_and_different_ones_exclude_each_other() -> None:
    assert merged([entry("a", "1"), entry("a", "1")]) == [entry("a", "1")]
    with pytest.raises(PathTaken, match="'a' is given twice"):
        merged([entry("a", "1"), entry("a", "2")])
    with pytest.raises(PathTaken, match="as a file and as a folder"):
        merged([entry("a/b/c"), entry("a-b"), entry("a")])


def test_the_specification_s_vectors_hold() -> None:
    blocks = re.findall(r"```json vector\n(.*?)```", SPECIFICATION.read_text("utf-8"), re.S)
    vectors = [json.loads(block) for block in blocks]

    assert [vector["name"] for vector in vectors] == ["no files", "two files and a reference"]
    for vector in vectors:
        made = list(pages(merged([Entry(**fields) for fields in vector["entries"]])))
        assert [page.data.decode() for page in made] == vector["pages"]
        assert [page.digest for page in made] == vector["page_digests"]
        assert digest(vector["page_digests"]) == vector["digest"]
