"""Reads the folder of policies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reaper.config.settings import Settings
from reaper.errors import Unusable
from reaper.kinds import KEEPABLE
from reaper.policy import Policies, Policy, parse

_ENDINGS = (".yaml", ".yml")


def load_policies(settings: Settings) -> Policies:
    """Read every policy of `policies_dir`, in file-name order; what editors leave behind is passed over.

    Raises:
        Unusable: a line for each thing that is wrong in any file; or the folder is missing or holds none.
    """
    return read_policies(_files(settings.policies_dir))


def read_policies(files: Iterable[Path]) -> Policies:
    """Read these files, in this order.

    Raises:
        Unusable: a line for each thing that is wrong in any of them.
    """
    found: list[tuple[Path, Policy]] = []
    wrong: list[str] = []
    for file in files:
        try:
            policy = read_policy(file)
        except Unusable as error:
            wrong.append(str(error))
            continue
        wrong += [
            f"{file}:1:1: policy: the name {policy.name!r} stands already in {other}; give it another"
            for other, earlier in found
            if earlier.name == policy.name
        ]
        found.append((file, policy))
    if wrong:
        raise Unusable("\n".join(wrong))
    return Policies(policy for _file, policy in found)


def read_policy(file: Path) -> Policy:
    """Read one file. Raises Unusable."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file}: cannot be read: {error.strerror or error}") from error
    return parse(content, str(file), KEEPABLE)


def _files(folder: Path) -> list[Path]:
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise Unusable(
            f"DEFAULT.policies_dir: {folder}: {error.strerror or error}; name the folder of policies"
        ) from error
    files = [folder / name for name in names if name.endswith(_ENDINGS) and not name.startswith((".", "#"))]
    if not files:
        raise Unusable(
            f"DEFAULT.policies_dir: {folder} holds no policy; copy one of the shipped ones, such as trial.yaml"
        )
    return files
