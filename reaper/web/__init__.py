"""The page behind the link in the letters, and the server that answers it."""

from reaper.web.api import Access
from reaper.web.app import create_app
from reaper.web.server import Server

__all__ = ["Access", "Server", "create_app"]
