"""The dialects of OpenStack: what one of its services says differently from today's, from Folsom (2012) on.

What is spoken follows from what the cloud answers: the version of the token, the names and addresses in the catalog,
the version documents. Each service of a region is judged by itself, so that the years between are served as they come.
`endpoint` says how a service is reached, `old_releases` how its kinds are found and removed, `keystone_v2` how Keystone
v2.0 tells of projects and people. Nothing above reaper.cloud knows of any of it.
"""
