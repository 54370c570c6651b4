"""The counters that any room may raise, all in one place so that no name is used twice. Numbers
that can be read off the rows are not counted here: `services.stats` reads them."""

from prometheus_client import Counter, Histogram

PART_FAILURES = Counter(
    "video_foundry_part_failures",
    "Calls to a part of the installation that failed: a lost connection, a refused write",
    ["part"],
)
"""part: database, broker, signal, rate or objects."""
BACKGROUND_FAILURES = Counter(
    "video_foundry_background_failures",
    "Errors of small work in the background, which is tried again",
    ["task"],
)
"""task: accounts (what hears of keys that other processes stored) or comfyui (its progress)."""
WAKE_FAILURES = Counter(
    "video_foundry_wake_failures", "Hints to workers that could not be sent", ["kind"]
)
LEASES_EXPIRED = Counter(
    "video_foundry_leases_expired",
    "Jobs taken over because their worker let the lease run out",
    ["kind"],
)
LEASES_LOST = Counter(
    "video_foundry_leases_lost",
    "Writes refused because the job had gone to another worker",
    ["kind"],
)
LATE_HEARTBEATS = Counter(
    "video_foundry_late_heartbeats", "Heartbeats so late that leases may have run out", ["kind"]
)
SUBMISSIONS = Counter(
    "video_foundry_submissions",
    "Submits to providers by how they ended",
    ["provider", "outcome"],
)
"""outcome: accepted, retry, refused or unknown."""
WEBHOOKS = Counter(
    "video_foundry_webhooks",
    "Calls to webhook addresses by what they came to",
    ["provider", "heard"],
)
"""heard: hinted, idle, unknown or forged."""
JOB_SECONDS = Histogram(
    "video_foundry_job_seconds",
    "Seconds from when a job was asked for to its end",
    ["kind", "outcome"],
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 3600),
)
