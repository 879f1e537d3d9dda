"""An Octavia network driver: addresses are real ports of Neutron, amphorae are not there to be plugged."""

from octavia.network.drivers.neutron.allowed_address_pairs import AllowedAddressPairsDriver
from octavia.network.drivers.noop_driver.driver import NoopNetworkDriver

# Everything that would touch an amphora: answered by Octavia's own driver that does nothing.
_PRETENDED = (
    "create_port",
    "delete_port",
    "failover_preparation",
    "get_network_configs",
    "get_plugged_networks",
    "plug_aap_port",
    "plug_fixed_ip",
    "plug_port",
    "set_port_admin_state_up",
    "unplug_aap_port",
    "unplug_fixed_ip",
    "unplug_network",
    "unplug_vip",
    "update_aap_port_sg",
)


class AddressesOnly(AllowedAddressPairsDriver):
    """Gives a load balancer its address and security group in Neutron, and takes them back."""

    def __init__(self) -> None:
        super().__init__()
        nothing = NoopNetworkDriver()
        for name in _PRETENDED:
            setattr(self, name, getattr(nothing, name))
