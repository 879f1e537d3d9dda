"""The front of 2012.2: Keystone v2.0 on two ports, Nova v2, Quantum, Cinder v1, Glance v1."""
