"""What python-openstackclient asks a plugin for: its API's name, versions, options and client."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from keystoneauth1.adapter import Adapter
from osc_lib import utils

API_NAME = "trial"
API_VERSION_OPTION = "os_trial_api_version"
DEFAULT_API_VERSION = "1"
API_VERSIONS = {"1": "reaper.osc.plugin.make_client"}
SERVICE_TYPE = "trial"


def make_client(instance: Any) -> Adapter:
    """Return what asks Reaper: with the caller's own token, where the catalog or --os-trial-endpoint says."""
    given = getattr(instance._cli_options, "trial_endpoint", None) or None  # noqa: SLF001 - the way all plugins do it
    return Adapter(
        instance.session,
        service_type=SERVICE_TYPE,
        interface=instance.interface,
        region_name=instance.region_name,
        endpoint_override=given.rstrip("/") if given else None,
        client_name="openstack-reaper",
    )


def build_option_parser(parser: ArgumentParser) -> ArgumentParser:
    """Add the plugin's global options."""
    parser.add_argument(
        "--os-trial-api-version",
        metavar="<trial-api-version>",
        default=utils.env("OS_TRIAL_API_VERSION", default=DEFAULT_API_VERSION),
        help="Version of Reaper's API (Env: OS_TRIAL_API_VERSION)",
    )
    parser.add_argument(
        "--os-trial-endpoint",
        metavar="<url>",
        dest="trial_endpoint",
        default=utils.env("OS_TRIAL_ENDPOINT"),
        help="Where Reaper answers, where the catalog has no service of type trial (Env: OS_TRIAL_ENDPOINT)",
    )
    return parser
