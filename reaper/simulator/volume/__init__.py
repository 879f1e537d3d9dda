"""Cinder v3."""

from reaper.simulator.volume import extras, snapshots, volumes

ROUTES = (*volumes.ROUTES, *snapshots.ROUTES, *extras.ROUTES)
