"""Neutron's WSGI application with its policy rules loaded before the first request.

As released, Neutron loads the rules with the first request and without a lock; requests that come while they load are
judged by no rules at all and answered 404 or with an empty list. REAPER_LAB_STOCK_NEUTRON=1 keeps it that way.
"""

import os

from neutron import policy

try:
    from neutron.wsgi.api import application
except ImportError:
    # Older ones have a program, which makes green threads of all threads before it does what stands here.
    from neutron import server
    from neutron.common import config

    server._init_configuration()
    application = config.load_paste_app("neutron")

__all__ = ["application"]

if os.environ.get("REAPER_LAB_STOCK_NEUTRON") != "1":
    policy.init()
