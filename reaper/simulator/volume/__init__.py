"""Cinder v3."""

from reaper.simulator.volume import backups, extras, snapshots, volumes

ROUTES = (*volumes.ROUTES, *snapshots.ROUTES, *backups.ROUTES, *extras.ROUTES)
