"""An ML2 mechanism driver that binds every port on the spot, where others wait for an agent on the host."""

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api


class PortsWithoutAgents(api.MechanismDriver):
    """Takes the first segment offered and calls the port up."""

    def initialize(self) -> None:
        """Nothing to prepare."""

    def bind_port(self, context: api.PortContext) -> None:
        """Bind the port; servers then see their interface plugged at once."""
        segment = context.segments_to_bind[0]
        details = {portbindings.CAP_PORT_FILTER: True}
        context.set_binding(segment[api.ID], portbindings.VIF_TYPE_OVS, details, constants.PORT_STATUS_ACTIVE)
