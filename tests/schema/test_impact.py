"""Impact over HTTP."""

import pytest

from tests.schema.conftest import Api
from tests.schema.paged import List
from tests.schema.test_lineage import chain
from tests.schema.test_withdrawal import REGISTER
from tests.schema.windows import shown

pytestmark = pytest.mark.no_bytes

IMPACT = """query ($id: ID!) { impact(id: $id) { bytes lineage { complete nodeCount }
  affected { nodes { severity depth aliases bytes lastUsedAt entity { label createdBy }
    models { version { stage index } model { name } } } } } }"""


async def test_what_would_be_affected_is_told_gravest_first(api: Api) -> None:
    ids = await chain(api)
    await api.data(REGISTER, id=ids["model"], stage="PRODUCTION")
    await api.mutate(
        "addAliases",
        "... on ArtifactPayload { artifact { id } }",
        artifact=ids["clean"],
        aliases=["best"],
    )

    impact = (await api.data(IMPACT, id=ids["raw"]))["impact"]
    told = impact["affected"]["nodes"]

    assert impact["lineage"] == {"complete": True, "nodeCount": 5}
    assert impact["bytes"] == sum(it["bytes"] or 0 for it in told) > 0
    assert [(it["severity"], it["entity"]["label"]) for it in told] == [
        ("PRODUCTION", "model:v0"),
        ("ALIASED", "clean:v0"),
        ("RUNNING", "cleaning"),
        ("RUNNING", "training"),
        ("PLAIN", "raw:v0"),
    ]
    assert told[0]["models"] == [
        {"version": {"stage": "PRODUCTION", "index": 0}, "model": {"name": "svm"}},
    ]
    assert told[1]["aliases"] == ["best"]
    assert (told[0]["lastUsedAt"], told[2]["bytes"]) == (None, None)
    assert told[1]["lastUsedAt"]


async def test_pages_of_an_impact_are_the_list_from_either_end_as_of_the_first(api: Api) -> None:
    ids = await chain(api)
    asked = List("affected", "", f'impact(id: "{ids["raw"]}") {{ LIST }}', "depth entity { id }")

    (whole,) = await shown(api, asked, "first: 50")
    forward = await shown(api, asked, "first: 2")
    backward = await shown(api, asked, "last: 2")
    await api.data(REGISTER, id=ids["clean"], stage="PRODUCTION")
    while forward[-1].next:
        forward += await shown(api, asked, f'first: 2, after: "{forward[-1].cursors[-1]}"')
    while backward[0].previous:
        backward[:0] = await shown(api, asked, f'last: 2, before: "{backward[0].cursors[0]}"')

    assert len(whole.items) == 5
    assert [it for page in forward for it in page.items] == whole.items
    assert [it for page in backward for it in page.items] == whole.items
