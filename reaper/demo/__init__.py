"""A month of a free cloud in a minute."""
