"""An OpenStack that lives in memory and speaks the real wire over HTTP, for the demo, tests and benchmarks."""

from reaper.simulator.clock import SimClock
from reaper.simulator.seed_tenant import SeedTenant
from reaper.simulator.simulator import Simulator

__all__ = ["SeedTenant", "SimClock", "Simulator"]
