"""The commands that speak version 1 of Reaper's API."""
