"""Reaper: leases for the tenants of free and trial OpenStack clouds."""
