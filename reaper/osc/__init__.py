"""Commands of the `openstack` client: `openstack trial show|renew|away`; python-openstackclient finds them."""
