"""Headroom: from landed log files to published KPIs."""

import os

# How polars' allocator (jemalloc) keeps memory: docs/decisions/allocator.md. It reads this once, when polars is
# imported, which happens behind this line. A value of the user's stands.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:2000,muzzy_decay_ms:-1")
