"""A folder that receives files from a service that may be hostile."""

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_api.client import index, target
from graph_api.client.content import folder_name
from graph_api.client.errors import BadPath, NamesCollide
from graph_api.client.file import File, checked


def stored(*paths: str, content: bytes = b"") -> list[File]:
    digest = hashlib.sha256(content).hexdigest()
    return [File(path, len(content), digest) for path in paths]


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/etc/passwd", "..", "../up", "a/../../up", "a/..", ".", "./a", "a//b", "a/"),
        *("..\\up", "C:\\up", "a\x00b", "a\nb", "a\x7fb", "\udc80"),
    ],
    ids=ascii,
)
def test_a_path_that_could_leave_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(BadPath):
        target.places(stored(path), tmp_path / "root")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["C:/up", "a:stream", "con", "NUL.txt", "a/aux", "com1.csv", "a.", "a ", "what?", "a|b"]
)
def test_a_path_that_windows_takes_for_something_else_is_refused_there(path: str) -> None:
    assert checked(path, windows=False) == path
    with pytest.raises(BadPath, match="which Windows cannot hold"):
        checked(path, windows=True)


def test_a_name_that_begins_with_dots_is_an_ordinary_name() -> None:
    assert checked("..a/...b/.c") == "..a/...b/.c"


def test_a_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPath, match="'a/b/c' lies below 'a/b', which is a file"):
        target.places(stored("a/b", "a/b/c"), tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "outside")

    places = target.places(stored("link/file"), root)
    with pytest.raises(BadPath, match="is a link out of"):
        target.check_links(root, places)
    with index.opened() as known:
        assert not target.holds(root, root / "link/file", stored("link/file")[0], known)


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()

    with pytest.raises(BadPath, match="is a file; the artifact needs a folder there"):
        target.check_links(tmp_path, target.places(stored("file/x"), tmp_path))
    with pytest.raises(BadPath, match="is a folder; the artifact needs a file there"):
        target.check_links(tmp_path, target.places(stored("folder"), tmp_path))


def lower(path: str) -> str:
    return path.casefold()


def composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


@pytest.mark.parametrize(
    ("paths", "fold", "pairs"),
    [
        (["a", "A", "b"], lower, [("A", "a")]),
        (["A/x", "a/x", "a/y"], lower, [("A", "a")]),
        (["a/x", "a/y", "b"], lower, []),
        (["caf\u00e9", "cafe\u0301"], composed, [("cafe\u0301", "caf\u00e9")]),
        (["a", "A"], composed, []),
    ],
)
def test_names_that_a_file_system_takes_for_one_are_found(
    paths: list[str], fold: Callable[[str], str], pairs: list[tuple[str, str]]
) -> None:
    assert target.collisions(paths, fold) == pairs


def test_a_disk_that_ignores_case_refuses_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ignoring_case(_: Path) -> Callable[[str], str]:
        return lower

    # No such file system can be counted on here; what was found of it is given instead.
    monkeypatch.setattr(target, "_folding", ignoring_case)
    with pytest.raises(NamesCollide, match=r"for the same: 'a/X' and 'a/x'\.") as refused:
        target.places(stored("a/x", "a/X", "b"), tmp_path / "root")
    assert refused.value.pairs == [("a/X", "a/x")]
    assert list(tmp_path.iterdir()) == []


def test_this_disk_is_asked_what_it_does_to_names(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    ignores_case = (tmp_path / "A").exists()
    if ignores_case:
        with pytest.raises(NamesCollide):
            target.places(stored("b", "B"), tmp_path)
    else:
        assert len(target.places(stored("b", "B"), tmp_path)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_strays_are_all_that_is_not_wanted_links_included(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("keep", "sub/stray", "sub/keep"):
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("/")

    found = {path.name for path in target.strays(tmp_path, ["keep", "sub/keep", "absent"])}

    assert found == {"stray", "link"}


def test_the_default_folder_can_be_made_on_every_system() -> None:
    assert folder_name("digits", "v0", windows=False) == "digits:v0"
    assert folder_name("digits", "v0", windows=True) == "digits-v0"
    assert folder_name('a<b>"c', "1.", windows=True) == "a-b--c-1"
    assert folder_name("..", "v0", windows=True) == "..-v0"
