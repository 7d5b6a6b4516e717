"""Webhooks tell what whoever made them may see, at the time, and obey who administers."""

from collections.abc import Generator

import pytest

from graph_api.errors import Forbidden, UnknownId
from graph_api.models.notice import Type
from graph_api.services import api_key, artifact_collection, webhook
from tests.receiver import Receiver, receiving
from tests.services.hooks import RING, Hooks, entities, logged, past
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

NOBODY = "webhook_01k9zq3v5xe7c9s4p1h0m2d6ar"


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with receiving() as receiver:
        yield receiver


async def test_a_key_that_has_ended_delivers_nothing_and_says_so(
    world: World, receiver: Receiver
) -> None:
    hooks = Hooks(world, keys=True)
    await world.project()
    keys = [
        await api_key.create(
            world.graph, world.viewer, LIMITS, "joan", projects={"digits": "admin"}
        )
        for _ in range(2)
    ]
    viewers = [
        await api_key.returning(world.graph, world.viewer.organization_id, key.id, keys=True)
        for key in keys
    ]
    id = await hooks.make(receiver.url, viewer=viewers[0])
    (made,) = await logged(world, "a")
    await api_key.revoke(world.graph, world.viewer, keys[0].id)

    await hooks.turn()

    row = await hooks.read(id)
    assert receiver.told == []
    assert (row.enabled, row.error_code) == (False, "FORBIDDEN")
    assert "The API key by which this was made" in (row.error_message or "")
    await webhook.update(world.graph, viewers[1], id, enabled=True)
    await hooks.turn()
    assert entities(receiver) == [[made]]


async def test_who_changes_a_webhook_has_it_tell_what_they_may_see_themselves(
    world: World, receiver: Receiver
) -> None:
    """Else who administers a project could have told to themselves what its maker sees."""
    hooks = Hooks(world, keys=True)
    (data,) = await logged(world, "data")
    letters = (await world.log("letters", {"a": b"1"}, project="letters")).id
    keys = (
        await api_key.create(world.graph, world.viewer, LIMITS, "joan", everywhere="admin"),
        await api_key.create(
            world.graph, world.viewer, LIMITS, "mary", projects={"digits": "admin"}
        ),
    )
    organization = world.viewer.organization_id
    maker, narrow = [
        await api_key.returning(world.graph, organization, key.id, keys=True) for key in keys
    ]
    id = await hooks.make(receiver.url, ("entity.changed",), viewer=maker, of=letters)
    before = await world.snapshot()

    with pytest.raises(UnknownId):
        await webhook.update(world.graph, narrow, id, url="https://example.org/")
    assert await world.snapshot() == before
    assert (await hooks.read(id)).url == receiver.url

    events: tuple[Type, ...] = ("lineage.changed",)
    await webhook.update(world.graph, narrow, id, events=events, of=data)
    await world.run(project="letters", used=(data,))
    await hooks.turn()
    (told,) = receiver.told
    assert hooks.verified(id, told)["data"] | {"seq": 0, "at": ""} == {
        "seq": 0,
        "at": "",
        "by": None,
        "what": None,
        "entities": [data],
    }


async def test_what_it_is_about_can_go_out_of_sight_and_come_back(
    world: World, receiver: Receiver
) -> None:
    hooks = Hooks(world, keys=True)
    (data,) = await logged(world, "data")
    key = await api_key.create(
        world.graph, world.viewer, LIMITS, "joan", projects={"digits": "admin"}
    )
    organization = world.viewer.organization_id
    viewer = await api_key.returning(world.graph, organization, key.id, keys=True)
    id = await hooks.make(receiver.url, ("entity.changed",), viewer=viewer, of=data)
    await world.project("secret")
    collection = (await world.collection("data")).id
    await artifact_collection.move(world.graph, world.viewer, collection, "secret")
    run = await world.run(project="secret", used=(data,))
    await hooks.turn()
    row = await hooks.read(id)
    assert receiver.told == []
    assert (row.enabled, row.error_code) == (True, "NOT_FOUND")
    assert data not in (row.error_message or "")

    await artifact_collection.move(world.graph, world.viewer, collection, "digits")
    await past(hooks, id)
    await hooks.turn()
    assert entities(receiver) == [[data]]
    assert run not in str(receiver.told)


async def test_who_does_not_administer_the_project_changes_nothing(
    world: World, receiver: Receiver
) -> None:
    hooks = Hooks(world)
    graph, admin = hooks.world.graph, hooks.world.viewer
    id = await hooks.make(receiver.url)
    project_id = await hooks.world.project()
    writer = admin.model_copy(update={"administered": ()})
    stranger = admin.model_copy(update={"projects": ()})
    before = await hooks.world.snapshot()

    for viewer, error in ((writer, Forbidden), (stranger, UnknownId)):
        with pytest.raises(error):
            await webhook.update(graph, viewer, id, enabled=False)
        with pytest.raises(error):
            await webhook.delete(graph, viewer, id)
        with pytest.raises(error):
            await webhook.replay(graph, viewer, id, 0)
        with pytest.raises(error):
            await webhook.rotate_secret(graph, RING, viewer, id)
        assert await webhook.by_ids(graph, viewer, [id, NOBODY]) == [None, None]
        assert await webhook.by_projects(graph, viewer, [project_id]) == [[]]
    with pytest.raises(Forbidden):
        await hooks.make(receiver.url, viewer=writer)
    assert await hooks.world.snapshot() == before
    assert (await hooks.read(id)).enabled
    (found,) = await webhook.by_projects(graph, admin, [project_id])
    assert [row.id for row in found] == [id]

    await webhook.delete(graph, admin, id)
    await logged(hooks.world, "a")
    await hooks.turn()
    assert receiver.told == []
    with pytest.raises(UnknownId):
        await webhook.delete(graph, admin, id)
