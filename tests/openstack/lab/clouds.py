"""The lab's clouds.yaml."""

from pathlib import Path

from .settings import CLOUD, PASSWORD, REGION, Settings


def write_clouds_yaml(settings: Settings, path: Path) -> None:
    """Write an entry for the admin's project and one, with -system added, for the whole cloud."""
    auth = [
        f"      auth_url: {settings.url('keystone')}/v3",
        "      username: admin",
        f"      password: {PASSWORD}",
        "      user_domain_name: Default",
    ]
    project = ["      project_name: admin", "      project_domain_name: Default"]
    lines = ["clouds:"]
    for name, scope in ((CLOUD, project), (f"{CLOUD}-system", ["      system_scope: all"])):
        lines += [f"  {name}:", "    auth:", *auth, *scope, f"    region_name: {REGION}", "    identity_api_version: 3"]
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)
