"""Settings: from files and environment to one frozen value, the policies and the secret; oslo.config ends here."""

from reaper.config.load import load, sender_trouble
from reaper.config.options import list_opts
from reaper.config.policies import load_policies, read_policies, read_policy
from reaper.config.remarks import policy_remarks, settings_remarks
from reaper.config.sample import sample, table
from reaper.config.secret import secrets_of
from reaper.config.settings import (
    CoordinationSettings,
    DatabaseSettings,
    LimitSettings,
    LogSettings,
    MailSettings,
    Settings,
    SweepSettings,
    WebSettings,
)

__all__ = [
    "CoordinationSettings",
    "DatabaseSettings",
    "LimitSettings",
    "LogSettings",
    "MailSettings",
    "Settings",
    "SweepSettings",
    "WebSettings",
    "list_opts",
    "load",
    "load_policies",
    "policy_remarks",
    "read_policies",
    "read_policy",
    "sample",
    "secrets_of",
    "sender_trouble",
    "settings_remarks",
    "table",
]
