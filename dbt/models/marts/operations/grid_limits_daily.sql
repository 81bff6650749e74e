with intervals as (
    select
        caps.*,
        n1.n1_headroom_mw,
        grid_mw - cap_mw as over_cap_mw,
        case when lag(interval_start_utc) over site_time = interval_start_utc - interval 5 minutes
            then abs(grid_mw - lag(grid_mw) over site_time) / 5
        end as ramp_mw_per_min,
        max(source_interval_s) over (partition by site_id, local_date) > 300 as is_slow,
    from {{ ref('int_cap_5min') }} as caps
    left join {{ ref('int_n1_5min') }} as n1 using (site_id, interval_start_utc)
    window site_time as (partition by site_id order by interval_start_utc)
),

days as (
    select
        site_id,
        local_date,
        bool_or(is_slow) as is_slow,
        max(source_interval_s) as source_interval_s,
        min(cap_mw) as cap_min_mw,
        arg_max(cap_mw, {max_over: over_cap_mw, earliest: -epoch_us(interval_start_utc)})
            filter (where over_cap_mw is not null) as cap_at_max_excess_mw,
        sum(greatest(over_cap_mw, 0)) filter (where over_cap_mw is not null) as excess_mw_5min,
        count(*) filter (where over_cap_mw > 0) * 5 as excess_min,
        max(greatest(over_cap_mw, 0)) filter (where over_cap_mw is not null) as excess_max_mw,
        max(ramp_mw_per_min) as ramp_max_mw_per_min,
        quantile_cont(cast(ramp_mw_per_min as double), 0.99) as ramp_p99_mw_per_min,
        min(n1_headroom_mw) as n1_headroom_min_mw,
        count(n1_headroom_mw) between 1 and count(*) - 1 as is_n1_bound,
        sum(grid_mw) / count(grid_mw) as grid_mean_mw,
        count(grid_mw) as intervals,
        bool_or(is_bound) as has_gaps,
        sum(measured_pct) as measured_pct,
    from intervals
    group by site_id, local_date
),

judged as (
    select *, intervals * 30000 >= day_s * {{ parameter('coverage_gate_pct') }} as is_covered,
    from days
    inner join {{ ref('int_local_days') }} using (site_id, local_date)
),

demands as (
    select
        site_id,
        local_date,
        max(grid_mw) as import_max_mw,
        max(demand_interval_min) as demand_interval_min,
        bool_or(grid_mw is null or source_interval_s > demand_interval_min * 60) as is_bound,
    from {{ ref('int_demand_blocks') }}
    group by site_id, local_date
)

select
    site_id,
    local_date,
    import_max_mw,
    demand_interval_min,
    cap_min_mw,
    case when not is_slow then cap_at_max_excess_mw end as cap_at_max_excess_mw,
    case when not is_slow and is_covered then {{ amount('excess_mw_5min / 12') }} end as excess_mwh,
    case when not is_slow and is_covered and cap_min_mw is not null then {{ amount('excess_min') }} end as excess_min,
    case when not is_slow then {{ amount('excess_max_mw') }} end as excess_max_mw,
    case when is_covered then {{ amount('grid_mean_mw / nullif(import_max_mw, 0)') }} end as load_factor,
    case when not is_slow then {{ amount('ramp_max_mw_per_min') }} end as ramp_max_mw_per_min,
    case when not is_slow and is_covered then {{ amount('ramp_p99_mw_per_min') }} end as ramp_p99_mw_per_min,
    cast(case when not is_slow then 300 end as integer) as ramp_interval_s,
    n1_headroom_min_mw,
    has_gaps or is_n1_bound or demands.is_bound or intervals * 300 < day_s as is_bound,
    source_interval_s,
    {{ amount('measured_pct * 300 / day_s') }} as data_coverage_pct,
    case
        when not is_covered then 'missing_source:grid'
        when is_slow then 'source_too_slow'
        when cap_min_mw is null then 'no_cap'
    end as reason,
    {{ version_id() }} as version_id,
from judged
left join demands using (site_id, local_date)
order by site_id, local_date
