"""Policies through the client."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

import graph_api as ga
from graph_api import Client
from graph_api.cli import app
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes

RULES = ga.Policy(
    allowed_licenses=("MIT", "Apache-2.0"),
    forbidden_tags={"pii": (("digits", "anonymise"),), "secret": ()},
    required_approvals={"legal": ("grace",), "safe": None},
    greatest_age=timedelta(days=365),
    hidden="ALLOW",
)


def test_a_policy_is_read_as_it_was_set(client: Client) -> None:
    client.log_artifact(draft("raw", {"a": b"1"}))

    before = client.policies.get()
    told = client.policies.set(RULES)

    assert (before, told, client.policies.get()) == (None, RULES, RULES)
    assert client.policies.set(None) is None
    assert client.policies.get() is None
    with pytest.raises(ga.NotFound):
        client.policies.get(project="nowhere")


def test_a_promotion_that_breaks_the_policy_raises_with_the_way(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}), tags=["pii"])
    with client.start_run(experiment="train", used=[raw]) as run:
        model = run.log_artifact(draft("model", {"a": b"2"}))
    with client.start_run(experiment="anonymise", used=[raw]) as run:
        clean = run.log_artifact(draft("clean", {"a": b"3"}))
    assert client.project
    barrier = (client.project, "anonymise")
    client.policies.set(ga.Policy(forbidden_tags={"pii": [barrier]}))

    with pytest.raises(ga.PolicyViolated, match="'pii'") as refused:
        client.register_model("svm", model, stage="PRODUCTION")
    check = client.policies.check(model)
    client.register_model("svm", clean, stage="PRODUCTION")

    (violation,) = check.violations
    assert (check.passes, check.complete) == (False, True)
    assert (violation.rule, violation.value, violation.id) == ("TAG", "pii", raw.id)
    assert violation.path == refused.value.path == (raw.id, refused.value.path[1], model.id)
    assert str(violation).startswith("raw:v0: ")
    assert client.policies.check(clean).passes


def test_approvals_are_given_and_taken_back(client: Client) -> None:
    model = client.log_artifact(draft("model", {"a": b"1"}))

    (given,) = model.approve("legal", "Read.")

    assert (given.name, given.note) == ("legal", "Read.")
    assert model.approvals() == [given]
    assert model.revoke_approval("legal") == []
    assert model.approvals() == []


def test_a_command_tells_what_stands_against_a_version(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}), tags=["pii"])
    variables = {"GRAPH_API_URL": client.url, "GRAPH_API_PROJECT": str(client.project)}

    def check(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["check", "raw:v0", *words], env=variables)
        return done.exit_code, done.stdout

    assert check() == (0, "raw:v0 could be promoted\n")
    client.policies.set(ga.Policy(forbidden_tags={"pii": ()}))
    message = f"'{raw.id}' has the tag 'pii', which is forbidden"
    assert check() == (1, f"raw:v0: {message}\nraw:v0 could not be promoted\n")
    code, told = check("--json")
    violation = {"rule": "TAG", "value": "pii", "id": raw.id, "label": "raw:v0"}
    assert (code, json.loads(told)) == (
        1,
        {
            "passes": False,
            "complete": True,
            "incompleteBecause": [],
            "violations": [violation | {"path": [raw.id], "message": message}],
        },
    )
