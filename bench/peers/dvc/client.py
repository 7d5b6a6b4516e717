"""DVC, in the environment that has it: ``python -m … FOLDER``, where its repository comes to lie.

The files of a name are a folder of the repository, which is added and pushed to a remote on the
same disk. Whoever fetches them clones the repository by git, which is not timed, and pulls.
"""

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.peers.lines import Ways, Work, serve

_SETTINGS = {
    ("core", "analytics"): "false",
    ("core", "check_update"): "false",
    ("core", "autostage"): "false",
}


def opened() -> Ways:
    """What can be asked of it."""
    root = Path(sys.argv[1])
    repository, cache = root / "repository", root / "cache"
    # By name: the environment of the bench itself does not have it.
    repo: Any = import_module("dvc.repo").Repo
    repository.mkdir()
    _git(repository, "init", "--quiet")
    with repo.init(str(repository)) as made, made.config.edit() as config:
        for (section, key), value in _SETTINGS.items():
            config[section][key] = value
        config["core"]["site_cache_dir"] = str(root / "site")
        config["core"]["remote"] = "disk"
        config["remote"]["disk"] = {"url": str(root / "remote")}

    def up(name: str, folder: Path) -> Work:
        (repository / name).mkdir(exist_ok=True)
        for file in folder.iterdir():
            copy = repository / name / file.name
            if not copy.exists() or copy.stat().st_mtime_ns != file.stat().st_mtime_ns:
                shutil.copy2(file, copy)

        def work() -> None:
            with repo(str(repository)) as opened:
                opened.add(str(repository / name))
                opened.push()

        return work

    def down(name: str, folder: Path) -> Work:
        if not (folder / ".git").exists():
            _git(repository, "add", "--all")
            _git(repository, *_AS, "commit", "--quiet", "--allow-empty", "--message", name)
            _git(root, "clone", "--quiet", str(repository), str(folder))
            with repo(str(folder)) as cloned, cloned.config.edit("local") as config:
                config["cache"]["dir"] = str(cache)

        def work() -> None:
            with repo(str(folder)) as opened:
                opened.pull(targets=[str(folder / f"{name}.dvc")])

        return work

    def cool(name: str, folder: Path) -> Work:
        return lambda: shutil.rmtree(cache, ignore_errors=True)

    def forget(name: str, folder: Path) -> Work:
        (repository / f"{name}.dvc").unlink()
        shutil.rmtree(repository / name)
        with repo(str(repository)) as opened:
            opened.gc(workspace=True, cloud=True, force=True)
        return lambda: None

    return {"up": up, "down": down, "cool": cool, "forget": forget}


_AS = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


if __name__ == "__main__":
    serve(opened)
