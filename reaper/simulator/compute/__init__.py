"""Nova v2.1."""

from reaper.simulator.compute import actions, aggregates, attachments, extras, servers

ROUTES = (*servers.ROUTES, *actions.ROUTES, *attachments.ROUTES, *extras.ROUTES, *aggregates.ROUTES)
