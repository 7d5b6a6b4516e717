"""`graph-api audit`, beside a real service and without one."""

from pathlib import Path

import pytest

from graph_api import Client
from tests.test_cli import Shell

pytestmark = pytest.mark.no_bytes
LAST = "{ organization { changes(last: 1) { nodes { seq hash } } } }"


@pytest.fixture
def shell(client: Client, tmp_path: Path) -> Shell:
    return Shell(tmp_path, client)


def test_all_changes_are_exported_and_verified(shell: Shell, client: Client) -> None:
    for number in range(3):
        client.start_run(key=f"Läufe {number}").complete()
    done = shell.run("audit", "export", "audit.ndjson")

    (last,) = client.execute(LAST)["organization"]["changes"]["nodes"]
    seq, head = str(last["seq"]), last["hash"]
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"Exported {seq} changes.\n")
    assert done.stderr.endswith(f"with: --seq {seq} --head {head}\n")
    assert [path.name for path in shell.folder.iterdir()] == ["audit.ndjson"]
    assert (shell.folder / "audit.ndjson").read_bytes() == shell.process(
        "audit", "export", "-"
    ).stdout.encode()

    found = shell.process("audit", "verify", "audit.ndjson", "--seq", seq, "--head", head)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.endswith(f"  {head}\n{seq} changes, and nothing is wrong.\n")
    told = shell.json("audit", "verify", "audit.ndjson")
    assert (told["first"]["seq"], str(told["last"]["seq"]), told["fault"]) == (1, seq, None)


def test_a_fault_ends_it_with_a_sentence(shell: Shell, client: Client) -> None:
    client.start_run(key="k").complete()
    shell.run("audit", "export", "whole")
    lines = (shell.folder / "whole").read_bytes().splitlines(keepends=True)
    (shell.folder / "cut").write_bytes(b"".join(lines[:-1]))
    (shell.folder / "altered").write_bytes(lines[0].replace(b'"by":"', b'"by":"not '))

    altered = shell.run("audit", "verify", "altered")
    cut = shell.run("audit", "verify", "cut", "--seq", str(len(lines)))
    missing = shell.run("audit", "verify", "nowhere")

    assert [it.returncode for it in (altered, cut, missing)] == [1, 1, 1]
    assert [it.stdout for it in (altered, cut, missing)] == ["", "", ""]
    assert altered.stderr == (
        "graph-api: Change 1 was altered after it was written: its hash is another.\n"
    )
    assert cut.stderr.startswith(f"graph-api: There is no change {len(lines)}, which was noted. ")
    assert missing.stderr.startswith("graph-api: [Errno 2] No such file")


def test_an_export_that_breaks_off_leaves_what_was_there(
    shell: Shell, client: Client, tmp_path: Path
) -> None:
    (shell.folder / "audit.ndjson").write_text("as it was")
    shell.variables["GRAPH_API_URL"] = "http://127.0.0.1:9"

    done = shell.run("audit", "export", "audit.ndjson")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("graph-api: Cannot reach http://127.0.0.1:9")
    assert [path.name for path in tmp_path.iterdir()] == ["audit.ndjson"]
    assert (tmp_path / "audit.ndjson").read_text() == "as it was"
