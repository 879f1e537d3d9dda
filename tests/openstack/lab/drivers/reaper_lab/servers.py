"""Nova's fake driver, made to forget nothing: a server that its memory lacks is taken from the database's word.

The driver as released keeps its guests in memory only. After a restart of nova-compute, or when rows came back from a
saved copy, it would answer InstanceNotFound for servers that Nova knows.
REAPER_LAB_DESTROY_DELAY, in seconds, makes each delete take that long. A server's metadata `lab_snapshot` says what
becomes of an image of it: `fails`, or `hangs`, which is all that the driver as released can do; else it gets a disk.
"""

import io
import os
import time
from typing import Any

from nova import exception
from nova.compute import power_state
from nova.image import glance
from nova.objects import Instance
from nova.virt import fake

DESTROY_DELAY = float(os.environ.get("REAPER_LAB_DESTROY_DELAY") or 0)
DISK = b"the disk of a guest that never was\n" * 128


class LabDriver(fake.FakeDriverWithoutFakeNodes):
    """One host with more room than any test needs."""

    def _recall(self, instance: Instance) -> None:
        if instance.uuid not in self.instances:
            state = instance.power_state or power_state.RUNNING
            self.instances[instance.uuid] = fake.FakeInstance(instance.name, state, instance.uuid)

    def get_info(self, instance: Instance, *args: Any, **kwargs: Any) -> Any:
        """Tell a guest's power state."""
        self._recall(instance)
        return super().get_info(instance, *args, **kwargs)

    def power_on(self, context: Any, instance: Instance, *args: Any, **kwargs: Any) -> None:
        """Start a guest."""
        self._recall(instance)
        super().power_on(context, instance, *args, **kwargs)

    def power_off(self, instance: Instance, *args: Any, **kwargs: Any) -> None:
        """Stop a guest."""
        self._recall(instance)
        super().power_off(instance, *args, **kwargs)

    def snapshot(self, context: Any, instance: Instance, image_id: str, *args: Any, **kwargs: Any) -> None:
        """Make an image of a guest, with the calls that the libvirt driver makes."""
        self._recall(instance)
        super().snapshot(context, instance, image_id, *args, **kwargs)
        wish = instance.metadata.get("lab_snapshot")
        if wish == "fails":
            raise exception.NovaException("the disk could not be read, as was asked for")
        if wish != "hangs":
            formats = {"disk_format": "raw", "container_format": "bare"}
            glance.API().update(context, image_id, formats, io.BytesIO(DISK), purge_props=False)

    def destroy(self, context: Any, instance: Instance, *args: Any, **kwargs: Any) -> None:
        """Remove a guest, slowly if a test wants it so."""
        time.sleep(DESTROY_DELAY)
        super().destroy(context, instance, *args, **kwargs)

    def detach_interface(self, context: Any, instance: Instance, vif: Any) -> None:
        """Unplug an interface, also one that was plugged before a restart."""
        self._interfaces.setdefault(vif["id"], vif)
        super().detach_interface(context, instance, vif)
