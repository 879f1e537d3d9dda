"""Reaper: leases for the tenants of free and trial OpenStack clouds."""

__version__ = "0.1.0"
