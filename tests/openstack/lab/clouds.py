"""The lab's clouds.yaml."""

from pathlib import Path

from .settings import CLOUD, PASSWORD, Settings


def write_clouds_yaml(settings: Settings, path: Path) -> None:
    """Write entries for the admin's project in the first region, for the whole cloud, and for all regions.

    The last two have the first one's name with -system and -regions added.
    """
    auth = [
        f"      auth_url: {settings.url('keystone')}/v3",
        "      username: admin",
        f"      password: {PASSWORD}",
        "      user_domain_name: Default",
    ]
    project = ["      project_name: admin", "      project_domain_name: Default"]
    first = [f"    region_name: {settings.region}"]
    every = ["    regions:", *(f"    - {region.region}" for region in settings.each_region)]
    entries = {
        CLOUD: (project, first),
        f"{CLOUD}-system": (["      system_scope: all"], first),
        f"{CLOUD}-regions": (project, every),
    }
    lines = ["clouds:"]
    for name, (scope, regions) in entries.items():
        lines += [f"  {name}:", "    auth:", *auth, *scope, *regions, "    identity_api_version: 3"]
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)
