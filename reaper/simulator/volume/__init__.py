"""Cinder v3."""

from reaper.simulator.volume import backups, extras, groups, snapshots, volumes

ROUTES = (*extras.ROUTES, *volumes.ROUTES, *snapshots.ROUTES, *backups.ROUTES, *groups.ROUTES)
