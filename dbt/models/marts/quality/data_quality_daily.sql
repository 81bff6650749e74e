with doubts as (
    select
        counts.site_id,
        counts.kind,
        calendar.local_date,
        sum(counts.findings) as findings,
        sum(counts.rejected_rows) as rejected_rows,
    from {{ ref('int_quality_counts') }} as counts
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    where counts.kind is not null
    group by counts.site_id, counts.kind, calendar.local_date
),

absences as (
    select
        hours.site_id,
        hours.kind,
        calendar.local_date,
        hours.device_id || '.' || hours.column_name as input,
        sum(hours.missing_s) as missing_s,
        row_number() over (
            partition by hours.site_id, hours.kind, calendar.local_date order by sum(hours.missing_s) desc, input
        ) as place,
    from {{ ref('int_imperfect_hours') }} as hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    where hours.missing_s > 0
    group by hours.site_id, hours.kind, calendar.local_date, input
),

missing_inputs as (
    select site_id, kind, local_date, string_agg(input, ', ' order by place) as missing_inputs,
    from absences
    where place <= 10
    group by site_id, kind, local_date
),

coverage as (
    select *, {{ amount('100 * good_s / nullif(expected_s, 0)') }} as coverage_pct,
    from {{ ref('int_kind_coverage_daily') }}
)

select
    site_id,
    kind,
    local_date,
    coverage_pct,
    cast(coalesce(gaps.gaps, 0) as integer) as gaps,
    cast(coalesce(doubts.rejected_rows, 0) as integer) as rejected_rows,
    cast(coalesce(doubts.findings, 0) as integer) as findings,
    cast(coalesce(late.late_files, 0) as integer) as late_files,
    missing_inputs.missing_inputs,
    {{ amount('100 * substituted_s / nullif(expected_s, 0)') }} as substituted_pct,
    coverage_pct as data_coverage_pct,
    case when coverage_pct is null then 'nothing_expected' end as reason,
    {{ version_id() }} as version_id,
from coverage
left join doubts using (site_id, kind, local_date)
left join missing_inputs using (site_id, kind, local_date)
left join {{ ref('int_gaps_daily') }} as gaps using (site_id, kind, local_date)
left join {{ ref('int_late_files_daily') }} as late using (site_id, kind, local_date)
order by site_id, kind, local_date
