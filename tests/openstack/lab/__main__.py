"""The lab's command line: python -m tests.openstack.lab up, and so on."""

import argparse
import sys
from collections.abc import Callable, Sequence

from .errors import CannotBoot, LabBroke
from .lab import Lab, show_status
from .progress import say

_NAMELESS: dict[str, tuple[str, Callable[[Lab], None]]] = {
    "up": ("boot the lab, or what of it does not run", Lab.up),
    "down": ("end every process", Lab.down),
    "reset": ("return to the empty cloud", Lab.reset),
    "status": ("show each process and its memory", show_status),
    "wipe": ("end the lab and remove its state, but not the installed services", Lab.wipe),
    "env": ("print what a shell needs to reach the lab", lambda lab: print(_exports(lab))),
}
_NAMED: dict[str, tuple[str, Callable[[Lab, str], None]]] = {
    "stop": ("end one process, as a fault", Lab.stop),
    "start": ("start one process", Lab.start),
    "save": ("keep the whole cloud under a name", Lab.save),
    "load": ("return to a saved cloud", Lab.load),
}


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit code: 0, 1 if the lab broke, 2 if it cannot run here."""
    given = _parser().parse_args(words)
    try:
        lab = Lab.from_environment()
        if given.command in _NAMED:
            _NAMED[given.command][1](lab, given.name)
        else:
            _NAMELESS[given.command][1](lab)
        if given.command != "env":
            say(f"{given.command}: done")
        if given.command == "up":
            print(_exports(lab))
    except CannotBoot as reason:
        print(reason, file=sys.stderr)
        return 2
    except (LabBroke, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _exports(lab: Lab) -> str:
    return f"export OS_CLIENT_CONFIG_FILE={lab.clouds_yaml} OS_CLOUD={lab.cloud}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.openstack.lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (what, _) in _NAMELESS.items():
        commands.add_parser(name, help=what)
    for name, (what, _) in _NAMED.items():
        commands.add_parser(name, help=what).add_argument("name")
    return parser


if __name__ == "__main__":
    sys.exit(main())
