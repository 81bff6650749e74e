"""The three jobs of the river: intake, readings (a range of days), publish.

`headroom run`, the sensor and the schedule launch these and nothing else.
"""

from collections.abc import Iterable

from dagster import AssetCheckKey, AssetKey, AssetSelection, define_asset_job
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.kinds import KINDS

INTAKE, READINGS, PUBLISH = "intake_job", "readings_job", "publish_job"

READINGS_KEYS = [AssetKey(["readings", kind]) for kind in KINDS]


CLEANING_CHECKS = ("accounting", "feeds_cleaned", "rejected_share")
"""Checks that a run of `readings/*` makes itself; `coverage` is read from what was published."""


def cleaning_checks(readings: Iterable[AssetKey]) -> set[AssetCheckKey]:
    """The checks that belong into a run of these assets."""
    return {AssetCheckKey(key, name) for key in readings for name in CLEANING_CHECKS}


def jobs(models: Iterable[AssetKey]) -> list[UnresolvedAssetJobDefinition]:
    """The jobs, each a selection of assets and checks; `models` are the assets of dbt."""
    intake = AssetSelection.assets("intake")
    readings = AssetSelection.assets(*READINGS_KEYS).without_checks()
    cleaning = AssetSelection.checks(*cleaning_checks(READINGS_KEYS))
    coverage = AssetSelection.checks(*(AssetCheckKey(key, "coverage") for key in READINGS_KEYS))
    return [
        define_asset_job(INTAKE, intake, description="What has landed goes into the vault."),
        define_asset_job(
            READINGS,
            readings | cleaning,
            description="Cleans a range of UTC days into the lake.",
        ),
        define_asset_job(
            PUBLISH,
            AssetSelection.assets(*models, "published_version") | coverage,
            description="Builds the warehouse privately, tests it, publishes it in one step.",
        ),
    ]
