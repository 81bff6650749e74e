"""The river for Dagster: assets, checks, jobs, sensor, schedule, instance.

Here must not live: arithmetic, SQL, or any decision about which day is dirty. `river` decides and
computes; these modules only show it in the web UI, launch it and tell what came of it. Modules of this
room import dagster at the top and everything heavier (polars, river, warehouse) inside functions, since
every run starts a process that imports them.
"""
