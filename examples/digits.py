"""From scans of handwritten digits to a registered model, with every step remembered.

Needs a service (``graph-api serve``) and ``pip install '.[examples]'``; ``graph-api demo`` does
both. It ends with a new process that fetches the model and gets the accuracy that was logged.
"""

# scikit-learn has no type hints.
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

import graph_api as ga


def ingest(client: ga.Client) -> ga.Artifact:
    """The scans arrive in two deliveries: two snapshots of one dataset."""
    pixels, labels = load_digits(return_X_y=True)
    with client.start_run("svm", name="ingest the first delivery") as run:
        first = run.log_artifact(table("scans", pixels[:1200], labels[:1200]))
        client.add_snapshot("handwritten digits", first)
    with client.start_run("svm", name="ingest the second delivery", used=[first]) as run:
        both = run.log_artifact(table("scans", pixels, labels))
        client.add_snapshot("handwritten digits", both)
    print(f"ingest    {first}, {both}: {len(labels):,} scans")
    return both


def clean(client: ga.Client) -> ga.Artifact:
    """Grey values become 0 to 1; pixels that are blank in every scan go."""
    with client.start_run("svm", name="clean") as run:
        # What a run uses can be passed along, or be named as here.
        pixels, labels = rows(run.use_artifact("scans:latest"))
        inked = pixels.sum(axis=0) > 0
        cleaned = run.log_artifact(table("clean-scans", pixels[:, inked] / 16, labels))
    print(f"clean     {cleaned}: {inked.sum()} of {len(inked)} pixels carry ink")
    return cleaned


def split(client: ga.Client, cleaned: ga.Artifact) -> tuple[ga.Artifact, ga.Artifact]:
    """A quarter of the scans is kept for the test."""
    parameters = {"share": 0.25, "seed": 7}
    with client.start_run("svm", name="split", used=[cleaned], parameters=parameters) as run:
        pixels, labels = rows(cleaned)
        train_pixels, test_pixels, train_labels, test_labels = train_test_split(
            pixels, labels, stratify=labels, test_size=0.25, random_state=7
        )
        train_scans = run.log_artifact(table("train-scans", train_pixels, train_labels))
        test_scans = run.log_artifact(table("test-scans", test_pixels, test_labels))
    print(f"split     {train_scans}: {len(train_labels):,}, {test_scans}: {len(test_labels):,}")
    return train_scans, test_scans


def train(client: ga.Client, scans: ga.Artifact, strength: float) -> ga.Artifact:
    """A support vector machine, saved with skops: unlike a pickle, it runs no code when loaded."""
    with client.start_run("svm", name=f"train C={strength:g}", used=[scans]) as run:
        run.log_parameter("C", strength)
        pixels, labels = rows(scans)
        svm = SVC(C=strength).fit(pixels, labels)
        run.log_metric("support vectors", int(svm.n_support_.sum()))
        model = ga.Artifact("digits-svm", type="model", metadata={"classes": len(svm.classes_)})
        model.add(svm, "model.skops")
        model = run.log_artifact(model)
        model.link("training dataset", scans)
    print(f"train     {model}: C={strength:g}")
    return model


def evaluate(client: ga.Client, model: ga.Artifact, scans: ga.Artifact) -> float:
    """The accuracy goes to the run, the confusion matrix into an artifact of its own."""
    with client.start_run("svm", name=f"evaluate {model.version}", used=[model, scans]) as run:
        accuracy, matrix = measure(model["model.skops"], scans)
        run.log_metric("accuracy", accuracy)
        report = ga.Artifact("evaluation", type="report", metadata={"accuracy": accuracy})
        with report.new_file("confusion.csv") as file:
            np.savetxt(file, matrix, fmt="%d", delimiter=",")
        report = run.log_artifact(report)
    print(f"evaluate  {report}: {model} is right in {accuracy:.2%}")
    return accuracy


def register(client: ga.Client, accuracies: dict[ga.Artifact, float]) -> None:
    """The second best goes to STAGING, the best to PRODUCTION."""
    second, best = sorted(accuracies, key=accuracies.__getitem__)[-2:]
    evaluations = [run for model in accuracies for run in model.used_by()]
    reports = [report for run in evaluations for report in run.logged_artifacts()]
    with client.start_run("svm", name="register", used=[*accuracies, *reports]) as run:
        card = ga.Artifact("model-card", type="report")
        with card.new_file("card.md") as file:
            file.write(f"# Handwritten digits\n\n{best} is right in {accuracies[best]:.2%}.\n")
        card = run.log_artifact(card)
    client.register_model("digits", second, stage="STAGING")
    version = client.register_model("digits", best, stage="PRODUCTION")
    print(f"register  {card}: {best} is version {version.index} of 'digits', in PRODUCTION")


def check(client: ga.Client) -> None:
    """What anyone can do later: fetch the model in PRODUCTION, prove it, measure it again."""
    model = client.model("digits").version(stage="PRODUCTION").artifact
    model.verify()
    [evaluation] = [run for run in model.used_by() if "accuracy" in run.metrics()]
    [scans] = [used for used in evaluation.used_artifacts() if used.name == "test-scans"]
    logged = evaluation.metrics()["accuracy"].last
    accuracy, _ = measure(model["model.skops"], scans)
    print(f"check     {model}, fetched and verified: {accuracy:.2%}, logged were {logged:.2%}")
    if accuracy != logged:
        sys.exit("The fetched model is not as accurate as was logged.")


def table(name: str, pixels: ArrayLike, labels: ArrayLike) -> ga.Artifact:
    """A draft of type ``dataset`` with one file."""
    draft = ga.Artifact(name, type="dataset", metadata={"scans": len(np.asarray(labels))})
    with draft.new_file("scans.npz", "wb") as file:
        np.savez_compressed(file, pixels=pixels, labels=labels)
    return draft


def rows(artifact: ga.Artifact) -> tuple[np.ndarray, np.ndarray]:
    """What :func:`table` put there."""
    with np.load(artifact.load("scans.npz")) as arrays:
        return arrays["pixels"], arrays["labels"]


def measure(svm: SVC, scans: ga.Artifact) -> tuple[float, np.ndarray]:
    """Accuracy and confusion matrix."""
    pixels, labels = rows(scans)
    predicted = svm.predict(pixels)
    return float(accuracy_score(labels, predicted)), confusion_matrix(labels, predicted)


def main() -> None:
    """All steps, the last one in a new process and an empty folder."""
    with ga.Client(project="digits") as client:
        if "check" in sys.argv:
            check(client)
            return
        ingest(client)
        train_scans, test_scans = split(client, clean(client))
        models = [train(client, train_scans, strength) for strength in (0.1, 1, 10)]
        register(client, {model: evaluate(client, model, test_scans) for model in models})
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as empty:
        command = [sys.executable, Path(__file__).resolve(), "check"]
        subprocess.run(command, cwd=empty, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
