"""Checks that a wheel holds every file of the package and of the folders shipped beside it, and nothing else."""

import subprocess
import sys
import zipfile

SHARED = ("etc", "policies", "notify", "migrations")


def tracked(*folders: str) -> set[str]:
    """Return the paths of the files git knows in these folders."""
    command = ["git", "ls-files", "-z", "--", *folders]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {path for path in listed.split("\0") if path}


def held(wheel: str) -> set[str]:
    """Return the paths in a wheel, but for its own description."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


if __name__ == "__main__":
    wanted = tracked("reaper") | {f"reaper/share/{path}" for path in tracked(*SHARED)}
    found = held(sys.argv[1])
    print(f"{len(found)} files, {sum(name.startswith('reaper/share/') for name in found)} of them shared")
    wrong = [f"missing: {name}" for name in sorted(wanted - found)] + [
        f"too much: {name}" for name in sorted(found - wanted)
    ]
    sys.exit("\n".join(wrong) or 0)
