"""The managed Neo4j of one data folder."""

import hashlib
import json
import os
import random
import secrets
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from graph_api.supervisor import jars, leftovers, lock
from graph_api.supervisor.child import Child
from graph_api.supervisor.errors import PasswordLost
from graph_api.supervisor.java import java

START_SECONDS = 120.0
STOP_SECONDS = 10.0

# Below the ports that systems give to outgoing connections: a client that keeps trying while
# Neo4j restarts could otherwise be given Neo4j's port, and connect to itself.
PORTS = range(20_000, 30_000)

CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.directories.logs={logs}
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
dbms.security.auth_lock_time=0s
db.tx_log.preallocate=false
db.shutdown_transaction_end_timeout=1s
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
internal.dbms.bolt.netty_server_shutdown_timeout=2s
"""

JVM_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    # Neo4j ends its logs itself; a hook of Log4j's own would be added while Java ends already.
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dfile.encoding=UTF-8",
)

# Four versions of Bolt that a server may choose from: 5.0 to 5.4, 4.4, 4.0, 3.0.
HANDSHAKE = bytes.fromhex("6060b017 00040405 00000404 00000004 00000003")


@dataclass(frozen=True)
class Connection:
    """How a driver reaches a Neo4j; also what the file ``connection`` holds."""

    uri: str
    user: str
    password: str

    @property
    def port(self) -> int:
        port = urlsplit(self.uri).port
        assert port is not None
        return port


class Neo4j:
    """The Neo4j under ``data/neo4j``; the caller holds the lock of ``data``.

    ``heap`` is Java's -Xmx, like ``512m``; ``more`` are further lines of neo4j.conf.
    """

    def __init__(self, data: Path, heap: str, java: Path, more: str = "") -> None:
        data = data.resolve()
        self.more = more
        self.home, self.heap, self.java = data / "neo4j", heap, java
        self.logs = data / "logs" / "neo4j"
        self.child = Child("neo4j", data)

    def prepare(self) -> Connection:
        """Write its files and choose its port; the address holds until it is prepared again.

        The password is made once. The port of the last time is kept where it is free.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        connection = self._connection()
        users = self.home / "data" / "dbms" / "auth.ini"
        if not users.exists():
            users.parent.mkdir(parents=True, exist_ok=True)
            write_private(users, first_user(connection))
        configuration = self.home / "conf" / "neo4j.conf"
        configuration.parent.mkdir(exist_ok=True)
        text = CONFIGURATION.format(port=connection.port, logs=self.logs)
        configuration.write_text(text + self.more)
        return connection

    def start(self, jars: Path, connection: Connection) -> None:
        """Start it with the jars of that folder and return when Bolt answers.

        ProcessFailed, with the end of its log, when it ends instead or is silent for two minutes.
        """
        arguments = self.home / "conf" / "java.args"
        classpath = ":".join(str(jar) for jar in sorted(jars.glob("*.jar")))
        options = (f"-Xmx{self.heap}", *JVM_OPTIONS, "-cp", classpath)
        arguments.write_text("\n".join(f'"{option}"' for option in options))
        self.child.start(
            [
                str(self.java),
                f"@{arguments}",
                "org.neo4j.server.CommunityEntryPoint",
                f"--home-dir={self.home}",
                f"--config-dir={self.home / 'conf'}",
                # Its own log goes to standard output too, and so into the one log of the child.
                "--console-mode",
            ],
        )
        self._wait_until_ready(connection.port)

    def stop(self) -> None:
        """End it cleanly; what is committed is on disk either way."""
        self.child.close(STOP_SECONDS)

    def _wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not speaks_bolt(port):
            failed = None
            if not self.child.alive:
                failed = f"ended with code {self.child.wait()} while it started"
            elif time.monotonic() > deadline:
                failed = f"did not answer within {START_SECONDS:.0f} seconds"
            if failed is not None:
                self.child.stop(0)
                raise self.child.failed(failed)
            time.sleep(0.02)

    def _connection(self) -> Connection:
        file = self.home / "connection"
        if file.exists():
            known = Connection(**json.loads(file.read_text()))
            if is_free(known.port):
                return known
            password = known.password
        elif (self.home / "data" / "databases" / "system").exists():
            raise PasswordLost(file)
        else:
            password = secrets.token_urlsafe(24)
        made = Connection(f"bolt://127.0.0.1:{free_port()}", "neo4j", password)
        write_private(file, json.dumps(asdict(made), indent=2))
        return made


def first_user(connection: Connection) -> str:
    """The file from which Neo4j makes its first user.

    Neo4j's own command writes the same, but takes a Java start to do so.
    """
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + connection.password.encode()).digest()
    for _ in range(1023):
        digest = hashlib.sha256(digest).digest()
    return f"{connection.user}:SHA-256,{digest.hex()},{salt.hex()},1024:"


def write_private(file: Path, text: str) -> None:
    """Replace the file at once by one that only its owner may read."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        os.fsync(stream.fileno())
    part.replace(file)


def is_free(port: int) -> bool:
    """Whether a server could listen on that port of the loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback, chosen by chance so that data folders seldom want the same."""
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def speaks_bolt(port: int) -> bool:
    """Whether a Neo4j answers on that port of the loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as probe:
            probe.sendall(HANDSHAKE)
            return probe.recv(4) not in (b"", bytes(4))
    except OSError:
        return False


@contextmanager
def running(
    folder: Path, heap: str, cache: Path, mirror: str | None = None, *, more: str = ""
) -> Generator[Connection]:
    """A Neo4j of its own under ``folder``, for as long as the context lasts."""
    with lock.hold(folder):
        leftovers.end_all(folder / "run")
        neo4j = Neo4j(folder, heap, java(), more)
        connection = neo4j.prepare()
        try:
            neo4j.start(jars.fetch(cache, mirror), connection)
            yield connection
        finally:
            neo4j.stop()
