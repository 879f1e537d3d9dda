"""The words that Cinder understands in the query of a list of volumes."""

# Most are columns of its table.
KNOWN = frozenset(
    {
        "all_tenants",
        "limit",
        "marker",
        "offset",
        "sort",
        "sort_key",
        "sort_dir",
        "with_count",
        "changes-since",
        "project_id",
        "id",
        "name",
        "display_name",
        "status",
        "attach_status",
        "migration_status",
        "size",
        "host",
        "bootable",
        "metadata",
        "user_id",
        "availability_zone",
        "snapshot_id",
        "source_volid",
        "group_id",
        "multiattach",
        "created_at",
        "updated_at",
    }
)
