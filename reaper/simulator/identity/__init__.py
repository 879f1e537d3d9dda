"""Keystone v3."""

from reaper.simulator.identity import assignments, endpoints, people, projects, tokens

ROUTES = (*tokens.ROUTES, *projects.ROUTES, *people.ROUTES, *assignments.ROUTES, *endpoints.ROUTES)
