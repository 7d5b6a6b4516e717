"""compose.yaml is what Compose takes, says what is missing, and opens nothing unasked."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from graph_api.settings import Settings
from tests.docker.engine import instructions
from tests.structure.source import ROOT

DOCKER = ROOT / "docker"
TEXT = (DOCKER / "compose.yaml").read_text()
EXAMPLE = (DOCKER / ".env.example").read_text()
SECRETS = {
    "GRAPH_API_NEO4J_PASSWORD": "correct horse",
    "GRAPH_API_S3_ACCESS_KEY": "battery",
    "GRAPH_API_S3_SECRET_KEY": "staple",
}
VARIABLE = re.compile(r"\$\{(\w+):([-?])([^}]*)\}")


class Refused(Exception):
    """Compose would not start: a variable has no value, or an empty one."""


def composed(variables: dict[str, str]) -> dict[str, Any]:
    """The services as Compose reads them with these variables."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if not variables.get(name) and kind == "?":
            raise Refused(f"{name}: {rest}")
        return variables.get(name) or rest

    text = VARIABLE.sub(value, TEXT)
    assert "$" not in text
    return loaded(text)["services"]


def loaded(text: str) -> dict[str, Any]:
    """What a YAML text holds."""
    return YAML(typ="safe").load(text)  # pyright: ignore[reportUnknownMemberType]


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """What the published schema of Compose says of a file."""
    command = [sys.executable, "-m", "check_jsonschema"]
    return subprocess.run(
        [*command, "--builtin-schema", "vendor.compose-spec", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def services() -> dict[str, Any]:
    """What runs when only what must be chosen is chosen."""
    return composed(SECRETS)


def test_it_follows_the_schema_of_compose() -> None:
    done = checked(DOCKER / "compose.yaml")

    assert done.returncode == 0, done.stdout


def test_the_schema_refuses_a_word_that_compose_does_not_know(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(TEXT.replace("healthcheck:", "health:", 1))

    done = checked(wrong)

    assert done.returncode == 1
    assert "'health' was unexpected" in done.stdout


def test_it_names_its_images_and_none_of_them_is_latest(services: dict[str, Any]) -> None:
    assert {name: service["image"] for name, service in services.items()} == {
        "api": "graph-api",
        "neo4j": "neo4j:5.26-community",
        "s3": "ghcr.io/versity/versitygw:v1.8.0",
    }
    build = services["api"]["build"]
    assert (DOCKER / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_only_this_machine_reaches_its_ports_unless_they_are_opened(
    services: dict[str, Any],
) -> None:
    opened = composed(SECRETS | {"API_PUBLISHED": "0.0.0.0:80"})

    assert {name: service.get("ports") for name, service in services.items()} == {
        "api": ["127.0.0.1:8000:8000"],
        "neo4j": None,
        "s3": ["127.0.0.1:7070:7070"],
    }
    assert opened["api"]["ports"] == ["0.0.0.0:80:8000"]


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize("value", [None, ""])
def test_it_does_not_start_without_a_secret_of_your_own(name: str, value: str | None) -> None:
    given = SECRETS | {name: value or ""}
    if value is None:
        del given[name]

    with pytest.raises(Refused, match=f"{name}: choose .* in docker/.env"):
        composed(given)


def test_the_example_names_every_variable_and_gives_no_secret() -> None:
    given = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    named = set(re.findall(r"^#?(\w+)=", EXAMPLE, re.MULTILINE))

    assert given == dict.fromkeys(SECRETS, "")
    assert named == {found[1] for found in VARIABLE.finditer(TEXT)}


def test_the_service_is_given_settings_that_it_has(services: dict[str, Any]) -> None:
    given: dict[str, str] = services["api"]["environment"]
    values = {name.removeprefix("GRAPH_API_").lower(): value for name, value in given.items()}

    settings = Settings.model_validate(values)

    assert values.keys() <= Settings.model_fields.keys()
    assert settings.neo4j_uri == "bolt://neo4j:7687"
    assert services["neo4j"]["environment"]["NEO4J_AUTH"] == "neo4j/correct horse"
    assert settings.neo4j_password.get_secret_value() == "correct horse"
    assert settings.s3_endpoint == "http://s3:7070"
    assert settings.s3_public_endpoint == "http://localhost:7070"
    store = services["s3"]["environment"]
    assert (store["ROOT_ACCESS_KEY"], store["ROOT_SECRET_KEY"]) == ("battery", "staple")
    assert settings.s3_access_key == "battery"
    assert settings.s3_secret_key.get_secret_value() == "staple"


def test_every_service_keeps_its_data_says_how_it_is_and_comes_back(
    services: dict[str, Any],
) -> None:
    (health,) = [one for one in instructions(DOCKER / "Dockerfile") if one.name == "HEALTHCHECK"]

    assert "/readyz" in health.value
    assert {name for name, service in services.items() if "healthcheck" in service} == {
        "neo4j",
        "s3",
    }
    assert services["api"]["depends_on"] == {
        name: {"condition": "service_healthy"} for name in ("neo4j", "s3")
    }
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}
    assert {name: service["volumes"] for name, service in services.items()} == {
        "api": ["api:/var/lib/graph-api"],
        "neo4j": ["neo4j:/data"],
        "s3": ["s3:/data"],
    }
    assert loaded(TEXT)["volumes"] == {"api": None, "neo4j": None, "s3": None}
