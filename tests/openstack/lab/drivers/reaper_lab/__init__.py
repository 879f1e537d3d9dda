"""What stands in for hardware inside the services: runs in their processes, not in the tests'."""
