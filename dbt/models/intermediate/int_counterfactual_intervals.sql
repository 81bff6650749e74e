with grid_caps as (
    select
        site_id,
        cap_mw,
        from_utc,
        lead(from_utc, 1, timestamp '9999-12-31') over (partition by site_id, connection_id order by from_utc) as until_utc,
    from {{ source('reference', 'grid_caps') }}
),

caps as (
    select power.site_id, power.interval_start_utc, sum(grid_caps.cap_mw) as cap_mw,
    from {{ ref('site_power_5min') }} as power
    inner join grid_caps
        on grid_caps.site_id = power.site_id
        and power.interval_start_utc >= grid_caps.from_utc
        and power.interval_start_utc < grid_caps.until_utc
    group by power.site_id, power.interval_start_utc
),

autonomies as (
    select
        intervals.site_id,
        intervals.interval_start_utc,
        min(case when intervals.reason = 'no_deficit' then 1e9 else coalesce(intervals.autonomy_min, 0) end) as autonomy_min,
    from {{ ref('int_autonomy_5min') }} as intervals
    inner join {{ source('reference', 'contingencies') }} as contingencies using (contingency_id)
    where contingencies.loses = 'largest_unit'
    group by intervals.site_id, intervals.interval_start_utc
),

excluded as (
    select units.site_id, units.interval_start_utc, sum(units.power_mw) as excluded_mw,
    from {{ ref('int_device_5min') }} as units
    where exists (
        select 1 from {{ ref('int_counterfactual_outages') }} as outages
        where outages.device_id = units.device_id
            and units.interval_start_utc >= outages.from_utc
            and units.interval_start_utc < outages.to_utc
    )
    group by units.site_id, units.interval_start_utc
),

flows as (
    select
        power.site_id,
        power.interval_start_utc,
        calendar.local_date,
        load_mw + coalesce(aux_mw, 0) + coalesce(xfmr_loss_mw, 0) - coalesce(other_generation_mw, 0)
            - coalesce(excluded_mw, 0) as need_mw,
        coalesce(battery_mw, 0) as battery_mw,
        coalesce(turbine_mw, 0) as turbine_mw,
        caps.cap_mw,
        power.data_coverage_pct as measured_pct,
        autonomies.autonomy_min,
        case
            when power.reason not in ('no_load') then power.reason
            when caps.cap_mw is null then 'no_cap'
        end as reason,
    from {{ ref('site_power_5min') }} as power
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = power.site_id and calendar.hour_start_utc = date_trunc('hour', power.interval_start_utc)
    left join caps on caps.site_id = power.site_id and caps.interval_start_utc = power.interval_start_utc
    left join excluded on excluded.site_id = power.site_id and excluded.interval_start_utc = power.interval_start_utc
    left join autonomies
        on autonomies.site_id = power.site_id and autonomies.interval_start_utc = power.interval_start_utc
    where power.site_id in (select site_id from {{ source('reference', 'dispatch_parameters') }})
)

select
    site_id,
    interval_start_utc,
    local_date,
    reason is null as is_known,
    cast(if(reason is null, need_mw * 1000000, 0) as bigint) as need_w,
    cast(if(reason is null, battery_mw * 1000000, 0) as bigint) as battery_w,
    cast(if(reason is null, turbine_mw * 1000000, 0) as bigint) as turbine_w,
    cast(if(reason is null, cap_mw * 1000000, 0) as bigint) as cap_w,
    coalesce(autonomy_min, -1) as autonomy_min,
    measured_pct,
    reason,
from flows
order by site_id, interval_start_utc
