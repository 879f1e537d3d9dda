"""The services, one file each: their options and commands are OpenStack's, the choice among them is the lab's."""

from tests.openstack.lab.service import Service
from tests.openstack.lab.settings import REGIONAL, Settings

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
    """Describe the services of a lab, in the order in which they start; a second region has only what is regional."""
    return [
        _DESCRIBE[name](region)
        for region in settings.each_region
        for name in (REGIONAL if region.second else settings.services)
    ]
