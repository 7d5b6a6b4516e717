"""The built page that is checked in, and how it is served."""

import hashlib
import shutil
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate

from graph_api.routes.graphiql import CONTENT_TYPES, DIST, POLICY
from graph_api.routes.refusal import HEADERS
from tests import npm
from tests.service import Service

pytestmark = pytest.mark.no_bytes

UI = DIST.parent
# What the build reads, as in vite.config.ts.
PATTERNS = ("*.html", "*.json", "*.ts", "src/*.*", "src/examples/*")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_dist_was_built_from_the_source_beside_it() -> None:
    """`make ui` builds it anew."""
    listed = [line.split("  ") for line in (DIST / "SOURCES.txt").read_text().splitlines()]
    sources = [file for pattern in PATTERNS for file in UI.glob(pattern)]
    assert {path: digest for digest, path in listed} == {
        str(file.relative_to(UI)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sources
    }


@pytest.mark.parametrize("example", sorted(UI.glob("src/examples/*.graphql")), ids=lambda p: p.stem)
def test_every_example_fits_the_schema(example: Path) -> None:
    name, sentence = example.read_text("utf-8").splitlines()[:2]

    assert name.startswith("# ")
    assert sentence.startswith("# ")
    known = build_schema((UI.parents[1] / "schema.graphql").read_text("utf-8"))
    assert validate(known, parse(example.read_text("utf-8"))) == []


@pytest.mark.deep
def test_a_fresh_build_gives_the_same_bytes_as_dist(tmp_path: Path) -> None:
    copy = shutil.copytree(
        UI, tmp_path / "ui", ignore=shutil.ignore_patterns("dist", "node_modules")
    )
    npm.run(copy, "npm run build")
    assert digests(copy / "dist") == digests(DIST)


def test_the_lock_file_names_no_registry() -> None:
    lock = (UI / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock


def test_dist_keeps_the_licences_of_what_it_bundles_and_no_source_map() -> None:
    licences = (DIST / "LICENSES.txt").read_text()
    for title in ("graphiql - 5", "monaco-editor - 0", "react-dom - 19", "picomatch-browser/"):
        assert f"\n## {title}" in licences
    assert list(DIST.rglob("*.map")) == []


async def test_the_page_is_checked_anew_and_may_load_from_our_origin_only(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.url) as client:
        response = await client.get("/graphql", headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["vary"] == "accept"
    assert "script-src 'self';" in response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert (HEADERS | POLICY).items() <= dict(response.headers).items()
    assert "<title>graph-api · GraphiQL</title>" in response.text
    assert "<script>" not in response.text


async def test_every_built_file_has_its_own_content_type_and_hashed_ones_never_expire(
    service: Service,
) -> None:
    async with httpx.AsyncClient(base_url=service.url) as client:
        for path in digests(DIST):
            response = await client.get(f"/ui/{path}")
            assert response.status_code == 200
            assert response.headers["content-type"] == CONTENT_TYPES[Path(path).suffix]
            hashed = path.startswith("assets/")
            assert response.headers["cache-control"] == (
                "public, max-age=31536000, immutable" if hashed else "no-cache"
            )
            assert (HEADERS | POLICY).items() <= dict(response.headers).items()

            again = {"if-none-match": response.headers["etag"]}
            unchanged = await client.get(f"/ui/{path}", headers=again)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged.headers["cache-control"] == response.headers["cache-control"]


async def test_nothing_outside_dist_is_served(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.url) as client:
        for path in ("src/main.tsx", "..%2fpackage.json", "%2e%2e/package.json", "assets", ""):
            response = await client.get(f"/ui/{path}")
            assert response.status_code == 404, path
