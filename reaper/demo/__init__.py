"""A month of a free cloud in a minute: simulated OpenStack, real HTTP, real SMTP, real pages."""

from reaper.demo.screen import picture
from reaper.demo.stage import Play, Watch, folder_for_looking, perform

__all__ = ["Play", "Watch", "folder_for_looking", "perform", "picture"]
