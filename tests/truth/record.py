"""Refreshes the recorded truth from the lab of the environment: python -m tests.truth.record [STORY ...].

The lab is booted if it does not run, and reset. On a lab that did not change, a refresh changes no file.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from openstack.config import OpenStackConfig

from tests.contract.cloud import Target
from tests.openstack.lab import Lab
from tests.openstack.lab.progress import say
from tests.truth.stable import settled
from tests.truth.stories import STORIES, file_of
from tests.truth.teller import Cloud, told

# Whoever carries out a delete: while it is away, what is to go stays in sight.
_CARRIES_OUT = {"server": "nova-compute", "volume": "cinder-volume"}


def lab_as_cloud(lab: Lab) -> Cloud:
    """Return the lab as a cloud that stories are told to."""
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds_yaml)
    entry = OpenStackConfig().get_one(cloud=lab.cloud)
    target = Target.at("openstack", dict(entry.get_auth_args()), entry.region_name)

    @contextmanager
    def hold(kind: str, _id: str) -> Iterator[None]:
        lab.stop(_CARRIES_OUT[kind])
        try:
            yield
        finally:
            lab.start(_CARRIES_OUT[kind])

    return Cloud(target, hold)


def main() -> None:
    """Record the stories that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth.record", description=__doc__)
    parser.add_argument("stories", nargs="*", metavar="STORY", help=f"one of {', '.join(STORIES)}")
    names: Sequence[str] = parser.parse_args().stories
    unknown = [name for name in names if name not in STORIES]
    if unknown:
        parser.error(f"no such story: {', '.join(unknown)}; there are {', '.join(STORIES)}")
    lab = Lab.from_environment()
    lab.up()
    lab.reset()
    cloud = lab_as_cloud(lab)
    for name in names or STORIES:
        with told(cloud, STORIES[name]) as teller:
            truth = settled(teller)
        file = file_of(lab.settings.release, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(truth, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        changed = not file.exists() or file.read_text(encoding="utf-8") != text
        file.write_text(text, encoding="utf-8")
        say(f"{name}: {len(truth)} exchanges, {'changed' if changed else 'as before'}")


if __name__ == "__main__":
    main()
