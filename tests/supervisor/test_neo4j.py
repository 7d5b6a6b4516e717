import json
import socket
import stat
from pathlib import Path

import pytest
from neo4j.exceptions import AuthError

from graph_api.supervisor.errors import PasswordLost, ProcessFailed
from graph_api.supervisor.java import java
from graph_api.supervisor.neo4j import Neo4j, running
from tests.environment import environment
from tests.supervisor.database import query
from tests.supervisor.processes import processes


def test_a_second_start_finds_the_data_at_the_same_address(tmp_path: Path) -> None:
    cache = environment.cache
    with running(tmp_path, heap="256m", cache=cache) as first:
        query(first.uri, first.user, first.password, "CREATE (:Note {text: 'kept'})")
        with pytest.raises(AuthError):
            query(first.uri, first.user, "neo4j", "RETURN 1")
    assert processes(tmp_path) == {}

    with running(tmp_path, heap="256m", cache=cache) as second:
        text = "MATCH (n) RETURN n.text"
        assert query(second.uri, second.user, second.password, text) == ["kept"]
    assert second == first
    assert processes(tmp_path) == {}


def test_its_address_and_password_are_in_a_file_that_only_the_owner_reads(tmp_path: Path) -> None:
    made = Neo4j(tmp_path, "256m", java()).prepare()

    file = tmp_path / "neo4j" / "connection"
    assert json.loads(file.read_text()) == {
        "uri": made.uri,
        "user": "neo4j",
        "password": made.password,
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(made.password) == 32


def test_another_port_is_chosen_where_its_own_is_taken(tmp_path: Path) -> None:
    neo4j = Neo4j(tmp_path, "256m", java())
    first = neo4j.prepare()

    with socket.create_server(("127.0.0.1", first.port)):
        second = neo4j.prepare()
    third = neo4j.prepare()

    assert second.port != first.port
    assert second.password == first.password
    assert third == second


def test_a_lost_password_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    neo4j = Neo4j(tmp_path, "256m", java())
    neo4j.prepare()
    (neo4j.home / "data" / "databases" / "system").mkdir(parents=True)
    (neo4j.home / "connection").unlink()

    with pytest.raises(PasswordLost, match=str(neo4j.home / "connection")):
        neo4j.prepare()

    assert not (neo4j.home / "connection").exists()


def test_a_heap_that_java_refuses_is_an_error_with_its_words(tmp_path: Path) -> None:
    with (
        pytest.raises(ProcessFailed, match="Invalid maximum heap size: -Xmxlots") as raised,
        running(tmp_path, heap="lots", cache=environment.cache),
    ):
        pass

    assert raised.value.log == tmp_path / "logs" / "neo4j.log"
    assert processes(tmp_path) == {}
