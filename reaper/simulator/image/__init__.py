"""Glance v2."""

from reaper.simulator.image import images, members

ROUTES = (*images.ROUTES, *members.ROUTES)
