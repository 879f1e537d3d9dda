"""A small typical tenant: its people, a network behind a router, servers, floating IPs, volumes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reaper.simulator.seed import Seed


@dataclass(frozen=True, slots=True)
class SeedTenant:
    """The ids of all that was made; `tenant["servers"]` reads the same as `tenant.servers`."""

    name: str
    project_id: str
    users: tuple[str, ...]
    network: str
    subnet: str
    router: str
    security_group: str
    servers: tuple[str, ...]
    ports: tuple[str, ...]
    spare_port: str
    floating_ips: tuple[str, ...]
    volumes: tuple[str, ...]
    snapshots: tuple[str, ...]

    def __getitem__(self, key: str) -> object:
        return getattr(self, key)

    @property
    def user_id(self) -> str:
        """Give the first user."""
        return self.users[0]

    @property
    def network_id(self) -> str:
        """Give the network."""
        return self.network


def make_tenant(
    seed: "Seed",
    name: str,
    *,
    servers: int = 2,
    fips: int = 1,
    volumes: int = 1,
    email: str | Sequence[str] | None = "",
    users: int = 1,
    role: str = "member",
    language: str | None = None,
    domain: str = "default",
    tags: Sequence[str] = (),
    enabled: bool = True,
    description: str = "",
    status: str = "ACTIVE",
    region: str | None = None,
    **extra: Any,
) -> SeedTenant:
    """Make a tenant by a seed.

    Each user gets `<name>-u<n>@example.org`; `email` names the first user's address or all of them, None gives nobody
    one. Each server sits on a port made before it; the first `fips` ports have a floating IP; the first volume is
    attached to the first server and has a snapshot; one more port is unused. Further keywords become extra attributes
    of the project.
    """
    project = seed.project(name, domain=domain, tags=tuple(tags), enabled=enabled, description=description, **extra)
    people = _people(seed, name, project, users=users, email=email, role=role, language=language, domain=domain)
    network = seed.network(project, f"{name}-net", region=region)
    subnet = seed.subnet(network, "10.0.0.0/22", f"{name}-subnet", region=region)
    router = seed.router(project, f"{name}-router", interfaces=[subnet], region=region)
    group = seed.security_group(project, f"{name}-sg", region=region)
    ports = [
        seed.port(project, network, f"{name}-p{n}", security_groups=[group], region=region) for n in range(servers)
    ]
    spare = seed.port(project, network, f"{name}-spare", region=region)
    machines = [
        seed.server(
            project, f"{name}-vm{n}", ports=[port], status=status, user_id=next(iter(people), ""), region=region
        )
        for n, port in enumerate(ports)
    ]
    floating = [seed.floating_ip(project, ports[n] if n < len(ports) else None, region=region) for n in range(fips)]
    disks = [
        seed.volume(project, 1, machines[0] if n == 0 and machines else None, name=f"{name}-vol{n}", region=region)
        for n in range(volumes)
    ]
    snapshots = [seed.snapshot(disk, f"{name}-snap", region=region) for disk in disks[:1]]
    return SeedTenant(
        name,
        project,
        people,
        network,
        subnet,
        router,
        group,
        tuple(machines),
        tuple(ports),
        spare,
        tuple(floating),
        tuple(disks),
        tuple(snapshots),
    )


def _people(
    seed: "Seed",
    name: str,
    project: str,
    *,
    users: int,
    email: str | Sequence[str] | None,
    role: str,
    language: str | None,
    domain: str,
) -> tuple[str, ...]:
    given = [email] if isinstance(email, str) else list(email or ())
    made = []
    for n in range(max(users, len(given))):
        standard = None if email is None else f"{name}-u{n}@example.org"
        address = given[n] if n < len(given) and given[n] else standard
        made.append(seed.user(f"{name}-u{n}", address, language=language, domain=domain, default_project_id=project))
        seed.assign(role, project, made[-1])
    return tuple(made)
