"""Search: what was written is found at once, ranked, and only by who may see it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from graph_api.errors import BadCursor, SearchTooLong
from graph_api.graph import Query
from graph_api.models.entity import new_id
from graph_api.models.page import Window
from graph_api.models.project import Project
from graph_api.models.search import Hit
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, artifact_collection, entity, model, project, run, search
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.parametrize("byte_store", ["folder"], indirect=True)


class Index(BaseModel, frozen=True):
    """How a full-text index is kept."""

    name: str
    eventually: bool


INDEXES = Query(
    "tests/indexes",
    """
    SHOW FULLTEXT INDEXES YIELD name, options
    RETURN name, options.indexConfig['fulltext.eventually_consistent'] AS eventually
    """,
    Index,
)


async def hits(world: World, text: str, viewer: Viewer | None = None, **how: Any) -> list[Hit]:
    asked: dict[str, Any] = {"kinds": None, "project_id": None, "window": Window(100)} | how
    page = await search.page(world.graph, viewer or world.viewer, text, **asked)
    return [*page.items]


async def found(world: World, text: str, **how: Any) -> list[str]:
    return [hit.id for hit in await hits(world, text, **how)]


async def test_the_index_is_not_an_eventual_one(world: World) -> None:
    assert await world.graph.fetch(INDEXES) == [Index(name="search", eventually=False)]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("digits-svm", ["svm", "SVM", "digits", "dig", "svm digits", "digits svm", "Digits_SVM"]),
        ("digits_svm", ["svm", "digits-svm"]),
        ("model.v2 (final)", ["v2", "final", "model v2", "MODEL.V2"]),
        ("Größe", ["größe", "GRÖSSE", "grosse", "große", "gro"]),
        ("Übung Nº5", ["ubung", "übung", "no5"]),
        ("画像分類モデル", ["画像", "分類", "像", "ル", "モデル", "画像分類モデル"]),
        ("데이터 세트", ["데이터", "데이", "세트"]),
        ("модель-Ёж", ["модель", "еж", "МОД"]),
        ("数据 data", ["数据", "据", "data 数据"]),
    ],
)
async def test_a_name_is_found_by_its_words_and_their_beginnings(
    world: World, name: str, texts: list[str]
) -> None:
    id = await world.model(name)
    await world.model("other")

    for text in texts:
        assert (text, await found(world, text, kinds=["Model"])) == (text, [id])


@pytest.mark.parametrize("text", ["vm", "svm forest", "digitss", "igits"])
async def test_every_word_counts_from_its_beginning(world: World, text: str) -> None:
    await world.model("digits-svm")

    assert await found(world, text) == []


@pytest.mark.parametrize(
    "text",
    [
        *('" OR (', "*", "?", "", " ", "\t\n", "AND", "NOT svm", "-svm", "+(svm", "svm^", "[a TO"),
        *(
            "name=svm",
            "name:svm AND",
            "search:*",
            "/svm/",
            "\\",
            "svm~",
            "}",
            "\x00",
            "'; RETURN 1",
        ),
        "project=*",
    ],
)
async def test_no_sign_acts(world: World, text: str) -> None:
    await world.model("forest")

    assert await found(world, text) == []


@given(st.text(max_size=60))
@example("\ud800 lone surrogate".encode("utf-8", "replace").decode())
@example("ﷺ" * 40)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_text_can_be_searched_for(world: World, text: str) -> None:
    await hits(world, text)


async def test_a_name_of_operators_is_found_by_them(world: World) -> None:
    id = await world.model("this AND (that OR those)")

    assert await found(world, "and or (") == [id]
    assert await found(world, "THAT those") == [id]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 10_000, "has 10,000 characters; at most 1,000 go"),
        (" ".join(map(str, range(33))), "has 33 words; at most 32 go"),
    ],
)
async def test_a_text_that_is_too_long_is_refused(world: World, text: str, message: str) -> None:
    with pytest.raises(SearchTooLong, match=message):
        await hits(world, text)


async def test_as_many_words_and_projects_as_may_be_are_one_search(world: World) -> None:
    words = " ".join(f"word{number}" for number in range(32))
    id = await world.model("long", description=words + " and more")
    (scope,) = await entity.by_ids(world.graph, world.viewer, Project, [await world.project()])
    assert scope
    many = (*(new_id("Project") for _ in range(1200)), scope.id)
    viewer = world.viewer.model_copy(update={"projects": many})

    assert [hit.id for hit in await hits(world, words, viewer)] == [id]


async def test_every_kind_is_found_by_what_it_has(world: World) -> None:
    made = await world.log(
        "scans", {"a": b"1"}, aliases=("golden",), tags=("reviewed",), description="From Mainz."
    )
    collection = await world.collection("scans")
    scope = collection.project_id
    version = await artifact.checked(world.graph, world.viewer, made.id)
    started = await world.run(key="nightly-7", name="Train forest", description="slow")
    experiment = await world.experiment("sweep-c")
    registered = await world.model("classifier", description="digits")
    dataset = await world.dataset("pages")
    assert version.digest

    assert await found(world, "digits") == [scope, registered]
    assert await found(world, "scans") == [collection.id, made.id]
    for text in ("golden", "reviewed", "mainz", "v0 scans", "scans:golden", version.digest):
        assert (text, await found(world, text)) == (text, [made.id])
    for text in ("nightly", "7 night", "forest", "slow", started):
        assert (text, await found(world, text)) == (text, [started])
    assert await found(world, "sweep c") == [experiment]
    assert await found(world, "pages") == [dataset]
    for id in (scope, collection.id, made.id, started, experiment, registered, dataset):
        assert await found(world, f" {id.upper()} ") == [id]
    assert await found(world, version.digest[:8]) == [made.id]
    assert await found(world, f"sha256:{version.digest[:20]}") == [made.id]
    assert await found(world, version.digest[:7]) == []
    assert await found(world, new_id("Run")) == []


async def test_it_is_said_where_the_words_were_found(world: World) -> None:
    made = await world.log("scans", {"a": b"1"}, tags=("golden",), description="golden scans")
    (hit,) = await hits(world, "golden sc")
    (by_id,) = await hits(world, made.id)

    assert (hit.id, hit.matched) == (made.id, ["tag", "collection", "description"])
    assert by_id.matched == ["id"]


async def test_the_very_name_comes_first_then_words_of_names_then_others(world: World) -> None:
    described = await world.model("other", description="about svm")
    begins = await world.model("svmlight")
    older = await world.model("digits-svm")
    whole = await world.model("svm")
    newer = await world.model("letters-svm")
    tagged = await world.log("data", {"a": b"1"}, tags=("svm",))

    assert await found(world, "svm") == [whole, newer, older, tagged.id, begins, described]
    assert await found(world, older) == [older]


async def test_what_is_hidden_changes_nothing(world: World) -> None:
    """Neither hits nor their order depend on what the viewer may not see."""
    first, second = await world.model("rare word"), await world.model("common word")
    scope = await world.project()
    limited = world.viewer.model_copy(update={"projects": (scope,)})
    before = await hits(world, "word", limited)
    for number in range(30):
        await model.create(world.graph, world.viewer, LIMITS, "secret", f"rare word {number}")
    secret = await project.scope(world.graph, world.viewer, "secret")
    blind = world.viewer.model_copy(update={"projects": ()})

    assert [hit.id for hit in before] == [second, first]
    assert await hits(world, "word", limited) == before
    assert await hits(world, "rare", limited, window=Window(1)) == await hits(
        world, "rare", limited
    )
    assert await hits(world, "secret", limited) == []
    assert await hits(world, secret.id, limited) == []
    assert await hits(world, "word", limited, project_id=secret.id) == []
    assert await hits(world, "word", blind) == []
    assert len(await hits(world, "rare")) == 31


async def test_a_project_and_kinds_narrow_a_search(world: World) -> None:
    svm, named = await world.model("svm"), await world.run(name="svm")
    started = await world.run(project="letters", name="svm")
    letters = await project.scope(world.graph, world.viewer, "letters")
    await world.project("svm")

    assert await found(world, "svm", project_id=letters.id) == [started]
    assert await found(world, "svm", kinds=["Model"]) == [svm]
    assert await found(world, "svm", kinds=["Model", "Run"]) == [started, named, svm]
    assert await found(world, "svm", kinds=["Run"], project_id=letters.id) == [started]
    assert await found(world, "svm", kinds=["Artifact", "Organization"]) == []
    assert await found(world, "svm", kinds=[]) == []


async def test_drafts_are_not_found(world: World) -> None:
    draft = await world.draft("scans", tags=("reviewed",), aliases=("golden",))

    for text in (draft, "reviewed", "golden"):
        assert await found(world, text) == []
    assert await found(world, "scans") == [(await world.collection("scans")).id]


async def test_an_alias_is_found_where_it_points_now(world: World) -> None:
    first = await world.log("data", {"a": b"1"}, aliases=("best",))
    second = await world.log("data", {"a": b"2"})
    assert await found(world, "best") == [first.id]

    await artifact.add_aliases(world.graph, world.viewer, LIMITS, second.id, ["best"])
    assert await found(world, "best") == [second.id]
    assert await found(world, "data:best") == [second.id]

    await artifact.remove_aliases(world.graph, world.viewer, second.id, ["best"])
    assert await found(world, "best") == []
    assert len(await found(world, "data")) == 3


async def test_what_was_overwritten_is_not_found(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, tags=("old",), description="first words")
    collection = await world.collection("data")
    await artifact.update(
        world.graph, world.viewer, LIMITS, made.id,
        description="second", add_tags=["new"], remove_tags=["old"],
    )  # fmt: skip
    await artifact_collection.update(world.graph, world.viewer, LIMITS, collection.id, name="scans")
    id = await world.run(name="before")
    await run.update(world.graph, world.viewer, LIMITS, id, name="after", description="why")

    assert await found(world, "second") == await found(world, "new") == [made.id]
    assert await found(world, "scans") == [collection.id, made.id]
    assert await found(world, "after") == await found(world, "why") == [id]
    for text in ("old", "first", "data", "before"):
        assert (text, await found(world, text)) == (text, [])


async def test_content_that_was_there_is_found_by_the_tags_it_gains(world: World) -> None:
    first = await world.log("data", {"a": b"1"})
    again = await world.log("data", {"a": b"1"}, tags=("again",), aliases=("best",))

    assert (again.id, again.created) == (first.id, False)
    assert await found(world, "again") == await found(world, "best") == [first.id]


async def test_what_was_written_is_found_by_the_next_read(world: World) -> None:
    for number in range(200):
        id = await world.model(f"model-n{number}")
        assert await found(world, f"n{number} model", window=Window(1)) == [id]


async def test_pages_hold_every_hit_once_in_their_order(world: World) -> None:
    for number in range(12):
        await world.model(f"svm {number}", description="svm" if number % 2 else None)
    everything = await hits(world, "svm")

    pages = [await search.page(world.graph, world.viewer, "svm", None, None, Window(5))]
    while await pages[-1].has_next():
        after = pages[-1].cursors[-1]
        pages.append(
            await search.page(world.graph, world.viewer, "svm", None, None, Window(5, after))
        )

    assert [len(page.items) for page in pages] == [5, 5, 2]
    assert [hit for page in pages for hit in page.items] == everything
    assert all(a.score > b.score or a.since > b.since for a, b in pairwise(everything))
    with pytest.raises(BadCursor):
        await search.page(world.graph, world.viewer, "svm", None, None, Window(5, "bm9uZQ"))
