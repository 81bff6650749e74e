with load_days as (
    select
        loads.site_id,
        loads.local_date,
        cast(date_trunc('month', loads.local_date) as date) as month,
        days.day_s,
        loads.mwh,
        sum(counts.gpus) as gpus,
    from {{ ref('int_source_daily') }} as loads
    inner join {{ ref('int_local_days') }} as days using (site_id, local_date)
    left join {{ source('reference', 'gpu_counts') }} as counts
        on counts.site_id = loads.site_id and {{ is_valid_on('counts', 'loads.local_date') }}
    where loads.source = 'load'
    group by loads.site_id, loads.local_date, days.day_s, loads.mwh
),

measured as (
    select site_id, cast(date_trunc('month', local_date) as date) as month, sum(measured_pct) * 300 as measured_pct_s,
    from {{ ref('int_source_5min') }}
    where source = 'load'
    group by site_id, cast(date_trunc('month', local_date) as date)
),

boundaries as (
    select site_id, string_agg(distinct boundary, '; ' order by boundary) as boundary,
    from {{ source('reference', 'meters') }}
    where quantity = 'load' and counts_in_balance
    group by site_id
),

lengths as (
    select site_id, month, max(month_hours) * 3600 as month_s,
    from {{ source('reference', 'calendar_hours') }}
    group by site_id, month
),

months as (
    select
        site_id,
        month,
        sum(mwh) * 3600 / sum(day_s) filter (where mwh is not null) as load_mean_mw,
        case when bool_and(gpus is not null) filter (where mwh is not null)
            then sum(gpus * day_s) filter (where mwh is not null) / sum(day_s) filter (where mwh is not null)
        end as gpus,
        coalesce(sum(day_s) filter (where mwh is not null), 0) as known_s,
    from load_days
    group by site_id, month
),

judged as (
    select
        *,
        case
            when known_s = 0 then 'missing_source:load'
            when gpus is null then 'no_gpu_count'
            when gpus = 0 then 'no_gpus'
            when known_s * 100 < month_s * {{ parameter('coverage_gate_pct') }} then 'incomplete_month'
        end as reason,
    from months
    inner join lengths using (site_id, month)
    inner join measured using (site_id, month)
)

select
    site_id,
    month,
    {{ amount('gpus') }} as gpus,
    {{ amount('load_mean_mw') }} as load_mean_mw,
    case when reason is null then {{ amount('1000 * load_mean_mw / gpus') }} end as kw_per_gpu,
    boundaries.boundary,
    {{ amount('measured_pct_s / month_s') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
left join boundaries using (site_id)
order by site_id, month
