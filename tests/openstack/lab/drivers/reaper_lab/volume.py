"""A Cinder driver whose volumes hold nothing: every order of the backend succeeds at once."""

from typing import Any

from cinder.volume import driver

_ROOM_GB = 1_000_000


class EmptyVolumeDriver(driver.VolumeDriver):
    """Keeps no data; Cinder's database is the only trace of a volume."""

    VERSION = "1"
    SUPPORTS_ACTIVE_ACTIVE = False

    def _succeed(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing, well."""

    do_setup = check_for_setup_error = _succeed
    create_volume = delete_volume = extend_volume = _succeed
    create_snapshot = delete_snapshot = revert_to_snapshot = _succeed
    create_volume_from_snapshot = create_cloned_volume = copy_image_to_volume = _succeed
    create_export = ensure_export = remove_export = terminate_connection = _succeed

    def clone_image(self, *_args: Any, **_kwargs: Any) -> tuple[dict[str, Any], bool]:
        """Make a volume from an image without reading the image."""
        return {}, True

    def initialize_connection(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        """Tell the host how to reach the volume, which Nova's fake driver never tries."""
        return {"driver_volume_type": "fake", "data": {"access_mode": "rw"}}

    def _update_volume_stats(self) -> None:
        self._stats = {
            "volume_backend_name": self.configuration.safe_get("volume_backend_name"),
            "vendor_name": "Reaper",
            "driver_version": self.VERSION,
            "storage_protocol": "fake",
            "pools": [
                {
                    "pool_name": "empty",
                    "total_capacity_gb": _ROOM_GB,
                    "free_capacity_gb": _ROOM_GB,
                    "reserved_percentage": 0,
                    "thin_provisioning_support": True,
                    "max_over_subscription_ratio": 1000.0,
                    "provisioned_capacity_gb": 0,
                    "multiattach": True,
                }
            ],
        }
