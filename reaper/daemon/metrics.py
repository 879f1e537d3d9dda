"""Prometheus: what stands in the ledger, read when somebody asks, and what the passes did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

#: Families of figures by name: each figure stands under the value of its label, or of each of its labels.
Figures = Mapping[str, int] | Mapping[str, float] | Mapping[tuple[str, str, str], int]
Standing = Callable[[], Mapping[str, Figures]]


class Metrics:
    """The daemon's own registry. `standing` gives tenants and letters by state, and the closed gates."""

    def __init__(self, standing: Standing) -> None:
        """Make the registry; nothing is measured yet."""
        self._registry = CollectorRegistry()
        self._registry.register(_Standing(standing))
        self.tenants = Counter(
            "reaper_steps", "Tenants that a pass did something to", ["step"], registry=self._registry
        )
        self.passes = Histogram(
            "reaper_pass_seconds",
            "How long a pass took",
            ["verb"],
            registry=self._registry,
            buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900),
        )

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """Reads the ledger at each scrape, so that a figure is never older than the question."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Tell the names without reading anything."""
        yield from (GaugeMetricFamily(f"reaper_{name}", "", labels=labels) for name, labels in _LABELS.items())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read and hand out."""
        seen = self._standing()
        for name, labels in _LABELS.items():
            family = GaugeMetricFamily(f"reaper_{name}", _MEANING[name], labels=labels)
            for key, value in seen.get(name, {}).items():
                family.add_metric([key] if isinstance(key, str) else key, value)
            yield family


_LABELS = {
    "tenants": ("state",),
    "letters": ("state",),
    "idle_things": ("standing",),
    "mail_incident_seconds": ("which",),
    "gate_closed": ("gate",),
    "leftovers": ("cloud", "region", "kind"),
    "pass_age_seconds": ("verb",),
    "passes_left_behind": ("verb",),
}
_MEANING = {
    "tenants": "Tenants by state",
    "letters": "Letters by state",
    "idle_things": "Idle things that are found, told of in a letter, or asked to go",
    "mail_incident_seconds": "How long the mail server has been refusing us (running), and did before (over)",
    "gate_closed": "Gates that are closed now",
    "pass_age_seconds": "Seconds since the last pass of a verb that ended well; since the start, where none has yet",
    "passes_left_behind": "Passes that hung for longer than sweep.longest_pass and were left behind in their threads",
    "leftovers": "Resources of projects that Keystone no longer has, at the last look at the whole cloud",
}
