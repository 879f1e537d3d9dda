"""The services, one file each: their options and commands are OpenStack's, the choice among them is the lab's."""

from tests.openstack.lab.service import Service
from tests.openstack.lab.settings import Settings

from .cinder import cinder
from .glance import glance
from .heat import heat
from .keystone import keystone
from .neutron import neutron
from .nova import nova
from .octavia import octavia
from .placement import placement
from .swift import swift

_DESCRIBE = {
    "keystone": keystone,
    "placement": placement,
    "glance": glance,
    "neutron": neutron,
    "nova": nova,
    "cinder": cinder,
    "heat": heat,
    "octavia": octavia,
    "swift": swift,
}


def services_of(settings: Settings) -> list[Service]:
    """Describe the services of a lab, in the order in which they start."""
    return [_DESCRIBE[name](settings) for name in settings.services]
