"""The real components of a cluster, started on this machine for tests and benchmarks: PostgreSQL,
RabbitMQ, Redis and an S3 server, each a private process on loopback with a folder of its own.

Nothing here is a fake, and nothing needs a container. Each module holds one component with the same
five methods (see `base`); what is not installed says which package brings it.
"""
