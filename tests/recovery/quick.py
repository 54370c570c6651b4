"""A plug-in that makes a server under test lose no time: short leases, polls and back-offs. The
rules stay as they are; only how long things wait changes."""

from tests.recovery.waits import short_waits

for module, name, value in short_waits(lease_seconds=4.0):
    setattr(module, name, value)
