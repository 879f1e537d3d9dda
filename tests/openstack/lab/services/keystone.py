"""Keystone: identity."""

import getpass
import grp
import os

from tests.openstack.lab import service
from tests.openstack.lab.settings import PASSWORD, Settings


def keystone(settings: Settings) -> service.Service:
    """Describe Keystone; `bootstrap` makes the admin, the default domain and the usual roles."""
    manage = (settings.program("keystone-manage"), *service.config_arguments(settings, "keystone/keystone.conf"))
    keys = settings.var / "keystone"
    owner = ("--keystone-user", getpass.getuser(), "--keystone-group", grp.getgrgid(os.getegid()).gr_name)
    url = f"{settings.url('keystone')}/v3"
    urls = [word for kind in ("admin", "internal", "public") for word in (f"--bootstrap-{kind}-url", url)]
    return service.Service(
        settings=settings,
        name="keystone",
        wsgi="keystone.wsgi.api",
        databases=("keystone",),
        folders=(keys,),
        files={
            "keystone/keystone.conf": {
                "DEFAULT": {"use_stderr": True},
                "database": service.database(settings, "keystone"),
                "token": {"provider": "fernet", "expiration": 86400},
                "fernet_tokens": {"key_repository": keys / "tokens"},
                "fernet_receipts": {"key_repository": keys / "tokens"},
                "credential": {"key_repository": keys / "credentials"},
                "identity": {"password_hash_rounds": 4},  # the least there is: nobody attacks the lab
                "cache": service.cache(settings),
            }
        },
        environment={"OS_KEYSTONE_CONFIG_DIR": str(settings.conf / "keystone")},
        preparation=(
            (*manage, "fernet_setup", *owner),
            (*manage, "credential_setup", *owner),
            (*manage, "db_sync"),
            (*manage, "bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-region-id", settings.region, *urls),
        ),
    )
