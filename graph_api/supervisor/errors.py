"""Why the service cannot be started, in words that name the way out."""

from pathlib import Path

from graph_api.errors import GraphApiError


class DownloadFailed(GraphApiError):
    """A file of the managed Neo4j could not be fetched, or was not the pinned one."""

    code = "DOWNLOAD_FAILED"

    def __init__(self, file: str, address: str, reason: str) -> None:
        self.file, self.address, self.reason = file, address, reason
        super().__init__(
            f"Cannot fetch {file} of Neo4j from {address}: {reason}. "
            "Name another Maven repository by GRAPH_API_MAVEN_MIRROR, "
            "or a Neo4j that runs already by GRAPH_API_NEO4J_URI."
        )


class JavaMissing(GraphApiError):
    """There is no Java runtime that can run Neo4j."""

    code = "JAVA_MISSING"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The managed Neo4j finds no Java runtime: {reason}. "
            "Install graph-api with its server extra (it brings one), "
            "or name a Neo4j that runs already by GRAPH_API_NEO4J_URI."
        )


class PasswordLost(GraphApiError):
    """The managed Neo4j has data, but the file with its password is gone."""

    code = "PASSWORD_LOST"

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            f"{file} is missing, and with it the password of the Neo4j beside it; put it back."
        )


class ProcessFailed(GraphApiError):
    """A process of the service ended, or never answered, while it was started."""

    code = "START_FAILED"

    def __init__(self, name: str, reason: str, log: Path, last_lines: str) -> None:
        self.name, self.log = name, log
        super().__init__(f"{name} {reason}. Its log, {log}, ends:\n{last_lines}".rstrip())


class LeftoverAlive(GraphApiError):
    """A process of an earlier start neither ends nor is known well enough to kill."""

    code = "LEFTOVER_ALIVE"

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            f"A process of an earlier start still runs and holds {file}; end it and start again."
        )


class AlreadyRunning(GraphApiError):
    """Another supervisor serves this data folder."""

    code = "ALREADY_RUNNING"

    def __init__(self, data: Path, pid: int | None, url: str | None) -> None:
        self.data, self.pid, self.url = data, pid, url
        where = f" at {url}" if url else ""
        super().__init__(
            f"{data} is served already{where}, by process {pid}. "
            "Use that one, stop it, or name another folder by GRAPH_API_DATA."
        )


class AddressTaken(GraphApiError):
    """The service cannot listen on the chosen address."""

    code = "ADDRESS_TAKEN"

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"Cannot listen on {host}:{port}: {reason}. "
            "Choose another port by GRAPH_API_PORT, or another address by GRAPH_API_HOST."
        )
