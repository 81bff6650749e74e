"""Headroom: from landed log files to published KPIs."""

import os

# How long polars' allocator keeps freed memory at hand: docs/decisions/allocator.md. It reads this once,
# while polars is imported: behind this line. A value of the user's stands.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:2000,muzzy_decay_ms:-1")
