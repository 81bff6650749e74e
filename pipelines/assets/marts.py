"""Assets of dbt: the campus in SQL, built and tested in a private file.

The body of the assets calls the in-process runner of `pipelines.warehouse.dbt`, which takes a second
where dagster-dbt's own command takes seven. Here must not live: SQL, or publication (`published`).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    RetryPolicy,
)
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from pipelines.assets.intake import RawMetadata
from pipelines.assets.journal import Journal, told_plainly
from pipelines.assets.tables import OWNERS
from pipelines.campus.paths import DataFolder
from pipelines.kinds import KINDS

if TYPE_CHECKING:
    from pipelines.warehouse.dbt import DbtReport, NodeResult

Manifest = Mapping[str, Any]
Told = MaterializeResult[None] | AssetCheckResult


class TableNames(DagsterDbtTranslator):
    """Asset keys are table names: `marts.battery_daily` is `marts/battery_daily`."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_source_tests_as_checks=False)
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Schema and table; the days of `affected.<kind>` are those of the asset `readings/<kind>`."""
        schema, name = dbt_resource_props["schema"], dbt_resource_props["name"]
        if schema == "affected" and name in KINDS:
            return AssetKey(["readings", name])
        return AssetKey([schema, name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The schema; marts are grouped by who asks for them, the folder below `marts/`."""
        folders = dbt_resource_props["fqn"][1:-1]
        return str(folders[-1]) if folders else None

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The same for all."""
        return OWNERS

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """None of dbt's tags: the key and the group say it already."""
        return {}


def marts_assets(manifest: Manifest, retry: RetryPolicy | None) -> AssetsDefinition:
    """All dbt models as one multi-asset; dbt tests are its asset checks."""
    names = TableNames()

    @dbt_assets(
        manifest=manifest,
        name="marts",
        dagster_dbt_translator=names,
        retry_policy=retry,
        required_resource_keys={"journal"},
    )
    def marts(context: AssetExecutionContext) -> Iterator[Told]:
        from pipelines.river.lock import build_lock
        from pipelines.river.version import prepare_version
        from pipelines.warehouse.dbt import run_dbt
        from pipelines.warehouse.publish import PublicationRefused, reasons_against
        from pipelines.warehouse.versions import current_database

        folder = DataFolder.from_environment()
        journal: Journal = context.resources.journal
        with told_plainly(context, journal):
            selected = selection(
                manifest, names, context.selected_asset_keys, context.selected_asset_check_keys
            )
            if not journal.may_build:
                journal.held.enter_context(build_lock(folder))
            prepared = prepare_version(folder, force=selected is not None)
            if prepared is None:
                context.log.info("The published version is already this lake, code and reference.")
                return
            build = prepared.build
            report = run_dbt(build.path, select=selected, vars={"version_id": build.number})
            journal.built = prepared, report
            yield from told(report, manifest, names, context)
            if not report.success:
                raise PublicationRefused(reasons_against(report), current_database(folder))

    return marts


def source_specs(manifest: Manifest) -> list[AssetSpec]:
    """The tables that dbt reads and no asset makes: reference data and the books of the lake."""
    names = TableNames()
    specs = {
        names.get_asset_key(source): AssetSpec(
            names.get_asset_key(source),
            description=source["description"],
            group_name="reference" if source["schema"] == "reference" else "books",
            owners=OWNERS,
            kinds={"duckdb"},
            metadata={"dagster/table_name": f"{source['schema']}.{source['name']}"},
        )
        for source in manifest["sources"].values()
    }
    return [spec for key, spec in sorted(specs.items()) if key.path[0] != "readings"]


def selection(
    manifest: Manifest, names: TableNames, keys: Collection[AssetKey], checks: Collection[AssetCheckKey]
) -> str | None:
    """Dbt's selection of these assets and checks, None for the whole project.

    Models bring their own tests along; a check that was chosen alone brings what it stands on.
    """
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    chosen = [f"fqn:{'.'.join(node['fqn'])}" for node in models if names.get_asset_key(node) in keys]
    if len(chosen) == len(models):
        return None
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] == "test":
            check = get_asset_check_key_for_test(manifest, names, unique_id, None)
            if check in checks and check is not None and check.asset_key not in keys:
                chosen.append(f"+fqn:{'.'.join(node['fqn'])}")
    return " ".join(sorted(chosen))


def told(
    report: "DbtReport", manifest: Manifest, names: TableNames, context: AssetExecutionContext
) -> Iterator[Told]:
    """What dbt did, as materializations and check results, in the order dbt did it."""
    for node in report.nodes:
        props = manifest["nodes"].get(node.unique_id)
        if props is None:
            continue
        if props["resource_type"] == "model" and node.status == "success":
            key = names.get_asset_key(props)
            if key in context.selected_asset_keys:
                name = ".".join(key.path)
                metadata: RawMetadata = {"seconds": node.execution_time, "dagster/table_name": name}
                yield MaterializeResult(asset_key=key, metadata=metadata)
        elif props["resource_type"] == "test":
            check = get_asset_check_key_for_test(manifest, names, node.unique_id, None)
            if check is not None and check in context.selected_asset_check_keys:
                yield _verdict(node, check.name, check.asset_key, props)


def _verdict(node: "NodeResult", name: str, key: AssetKey, props: Mapping[str, Any]) -> AssetCheckResult:
    is_warning = props["config"]["severity"].lower() == "warn"
    return AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=node.status == "pass",
        severity=AssetCheckSeverity.WARN if is_warning else AssetCheckSeverity.ERROR,
        metadata={"rows_that_fail": node.failures or 0, "message": node.message or ""},
    )
