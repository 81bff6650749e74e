with tests as (
    select
        *,
        count(*) over part_tests as tests,
        row_number() over (
            part_tests order by list_position(['refuted', 'not_testable', 'inconclusive', 'confirmed'], verdict), test_id
        ) as severity,
    from {{ ref('int_claim_verdicts') }}
    window part_tests as (partition by claim_id, boundary, part, period)
)

select
    claim_id,
    period,
    boundary,
    part,
    statement,
    source,
    kpi,
    aggregation,
    value,
    low,
    high,
    unit,
    threshold,
    verdict,
    why,
    evidence,
    site_id,
    cast(tests as integer) as tests,
    data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from tests
where severity = 1
order by claim_id, boundary, part, period
