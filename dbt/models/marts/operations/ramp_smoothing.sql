with ramp_lengths as (
    select unnest([{{ parameter('ramp_short_s') }}, {{ parameter('ramp_long_s') }}]) as ramp_interval_s,
),

days as (
    select
        site_id,
        local_date,
        max(source_interval_s) as resolution_s,
        count(distinct source) filter (where mw is not null) as sources,
        sum(measured_pct) filter (where source = 'grid') as grid_measured_pct,
        sum(measured_pct) filter (where source = 'load') as load_measured_pct,
    from {{ ref('int_source_5min') }}
    where source in ('grid', 'load')
    group by site_id, local_date
),

counts as (
    select
        site_id,
        local_date,
        ramp_interval_s,
        source,
        ramp_mw,
        sum(sum(ramps)) over ramp_size as ramps_up_to,
        sum(sum(ramps)) over whole_day as ramps,
        (sum(sum(ramps)) over whole_day - 1) * 0.99 as p99_rank,
    from {{ ref('int_ramp_counts') }}
    group by site_id, local_date, ramp_interval_s, source, ramp_mw
    window
        whole_day as (partition by site_id, local_date, ramp_interval_s, source),
        ramp_size as (partition by site_id, local_date, ramp_interval_s, source order by ramp_mw rows unbounded preceding)
),

percentiles as (
    select
        site_id,
        local_date,
        ramp_interval_s,
        source,
        max(ramps) as ramps,
        max(ramp_mw) as max_mw,
        min(ramp_mw) filter (where ramps_up_to > floor(p99_rank)) as below_mw,
        min(ramp_mw) filter (where ramps_up_to > ceil(p99_rank)) as above_mw,
        {{ amount('below_mw + (above_mw - below_mw) * max(p99_rank - floor(p99_rank))') }} as p99_mw,
    from counts
    group by site_id, local_date, ramp_interval_s, source
),

pairs as (
    select
        site_id,
        local_date,
        ramp_interval_s,
        {% for source in ['load', 'grid'] %}
            max(p99_mw) filter (where source = '{{ source }}') as {{ source }}_p99_mw,
            max(max_mw) filter (where source = '{{ source }}') as {{ source }}_max_mw,
            coalesce(max(ramps) filter (where source = '{{ source }}'), 0) as {{ source }}_ramps,
        {% endfor %}
    from percentiles
    group by site_id, local_date, ramp_interval_s
),

judged as (
    select
        days.*,
        ramp_lengths.ramp_interval_s,
        local_days.day_s,
        pairs.* exclude (site_id, local_date, ramp_interval_s),
        case
            when sources < 2 then 'missing_source'
            when resolution_s > {{ parameter('smoothing_max_resolution_s') }} then 'resolution_too_coarse'
            when least(load_ramps, grid_ramps) * resolution_s * 100 >= day_s * {{ parameter('coverage_gate_pct') }}
                then case when load_p99_mw = 0 then 'no_load_ramp' end
            else 'missing_source'
        end as reason,
    from days
    cross join ramp_lengths
    inner join {{ ref('int_local_days') }} as local_days using (site_id, local_date)
    left join pairs
        on pairs.site_id = days.site_id
        and pairs.local_date = days.local_date
        and pairs.ramp_interval_s = ramp_lengths.ramp_interval_s
)

select
    site_id,
    local_date,
    cast(resolution_s as integer) as resolution_s,
    cast(ramp_interval_s as integer) as ramp_interval_s,
    case when reason is null or reason = 'no_load_ramp' then load_p99_mw end as load_p99_mw,
    case when reason is null or reason = 'no_load_ramp' then grid_p99_mw end as grid_p99_mw,
    case when reason is null then {{ amount('1 - grid_p99_mw / load_p99_mw') }} end as smoothing,
    case when reason is null or reason = 'no_load_ramp' then load_max_mw end as load_max_mw,
    case when reason is null or reason = 'no_load_ramp' then grid_max_mw end as grid_max_mw,
    case when reason is null then {{ amount('1 - grid_max_mw / load_max_mw') }} end as smoothing_of_max,
    {{ amount('least(grid_measured_pct, load_measured_pct) * 300 / day_s') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
order by site_id, local_date, ramp_interval_s
