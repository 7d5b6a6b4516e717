"""``GET /artifacts/{id}/zip`` over HTTP."""

import io
import zipfile

from tests.schema.conftest import Api
from tests.schema.test_queries import logged


async def test_the_first_gets_it_while_it_is_made_and_others_by_range(api: Api) -> None:
    made = await logged(api, "data")
    url = f"/artifacts/{made['id']}/zip"

    first = await api.http.get(url)
    second = await api.http.get(url, headers={"range": "bytes=0-3"})
    unchanged = await api.http.get(url, headers={"if-none-match": first.headers["etag"]})

    assert first.status_code == 200
    assert first.headers["content-type"] == "application/zip"
    assert first.headers["accept-ranges"] == "none"
    assert 'filename="data-v0.zip"' in first.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert archive.read("a.txt") == b"hello"
    assert (second.status_code, second.headers["etag"]) == (307, first.headers["etag"])
    assert "/zips/" in second.headers["location"]
    assert unchanged.status_code == 304


async def test_what_has_no_zip_says_why(api: Api) -> None:
    draft = await api.mutate(
        "createDraft",
        "... on DraftPayload { artifact { id } }",
        project="digits",
        name="data",
        type="dataset",
    )
    answers = [
        await api.http.get(f"/artifacts/{id}/zip")
        for id in (
            draft["artifact"]["id"],
            "artifact_01h455vb4pex5vsknk084sn02q",
            "run_01h455vb4pex5vsknk084sn02q",
        )
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "NOT_COMMITTED"),
        (404, "NOT_FOUND"),
        (400, "WRONG_KIND"),
    ]
