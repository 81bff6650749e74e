"""The private DuckDB build, the dbt run, publication by one symlink switch, and the read-only door.

Order: `build.prepare` → `dbt.run_dbt` → `publish.publish` → `retention.prune_versions`. Here must not
live: how a reading is cleaned, how the lake is written, what a KPI means (dbt/).
"""
