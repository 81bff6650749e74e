with unit_months as (
    select
        hourly.site_id,
        hourly.unit_id,
        calendar.month,
        max(calendar.month_hours) as month_hours,
        count(hourly.heat_input_mmbtu) as known_hours,
        sum(hourly.heat_input_mmbtu) as heat_input_mmbtu,
    from {{ ref('turbine_hourly') }} as hourly
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by hourly.site_id, hourly.unit_id, calendar.month
),

years_before as (
    select
        unit_id,
        month,
        case when count(*) over twelve_months = 12 and sum(known_hours) over twelve_months = sum(month_hours) over twelve_months
            then 100 * sum(heat_input_mmbtu) over twelve_months / sum(month_hours) over twelve_months
        end as mean_heat_input_mmbtu_h_pct,
    from unit_months
    window twelve_months as (
        partition by unit_id
        order by month range between interval 12 months preceding and interval 1 month preceding
    )
),

lowest_outputs as (
    select device_id as unit_id, hour_start_utc, min(lowest_gross_mw) as lowest_gross_mw,
    from {{ ref('int_turbine_hourly_inputs') }}
    group by device_id, hour_start_utc
),

hours as (
    select
        hourly.unit_id,
        hourly.hour_start_utc,
        calendar.local_date,
        least(100 * lowest.lowest_gross_mw / nullif(units.nameplate_mw, 0), hourly.load_pct) as load_min_pct,
        ambient.ambient_min_c,
        years_before.mean_heat_input_mmbtu_h_pct,
    from {{ ref('turbine_hourly') }} as hourly
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    left join {{ source('reference', 'devices') }} as units
        on units.device_id = hourly.unit_id and {{ is_valid_on('units', 'calendar.local_date') }}
    left join lowest_outputs as lowest on lowest.unit_id = hourly.unit_id and lowest.hour_start_utc = hourly.hour_start_utc
    left join {{ source('reference', 'site_stations') }} as stations
        on stations.site_id = hourly.site_id and {{ is_valid_on('stations', 'calendar.local_date') }}
    left join {{ ref('int_ambient_hourly') }} as ambient
        on ambient.station_id = stations.station_id and ambient.hour_start_utc = hourly.hour_start_utc
    left join years_before on years_before.unit_id = hourly.unit_id and years_before.month = calendar.month
    where hourly.operating_time_h is null or hourly.operating_time_h > 0
    qualify row_number() over (partition by hourly.unit_id, hourly.hour_start_utc order by stations.station_id, ambient.utc_date) = 1
),

candidates as (
    select
        hours.unit_id,
        hours.hour_start_utc,
        hours.local_date,
        limits.standard_id,
        limits.limit_id,
        limits.limit_value,
        limits.is_standing,
        {{ all_hold(
            'limits.surely_applies and ' ~ comparison_holds(
                "case conditions.quantity when 'load_min_pct' then hours.load_min_pct"
                ~ " when 'ambient_min_c' then hours.ambient_min_c"
                ~ " when 'capacity_factor_pct' then hours.mean_heat_input_mmbtu_h_pct / nullif(limits.heat_input_mmbtu_h, 0) end",
                'conditions'
            )
        ) }} as applies,
    from hours
    inner join {{ ref('int_unit_limits') }} as limits
        on limits.unit_id = hours.unit_id and {{ is_valid_on('limits', 'hours.local_date') }}
    left join {{ source('reference', 'limit_conditions') }} as conditions
        on conditions.limit_id = limits.limit_id
        and conditions.quantity in ('load_min_pct', 'ambient_min_c', 'capacity_factor_pct')
        and {{ is_valid_on('conditions', 'hours.local_date') }}
    group by all
)

select
    unit_id,
    hour_start_utc,
    local_date,
    standard_id,
    coalesce(
        max(limit_value) filter (where applies), min(limit_value) filter (where applies is null)
    ) as hour_limit_value,
    coalesce(
        first(limit_id order by limit_value desc, limit_id) filter (where applies),
        first(limit_id order by limit_value, limit_id) filter (where applies is null)
    ) as hour_limit_id,
    coalesce(
        first(limit_id order by limit_value desc, limit_id) filter (where applies and is_standing),
        first(limit_id order by limit_value, limit_id) filter (where applies is null and is_standing),
        hour_limit_id
    ) as limit_id,
from candidates
where applies is distinct from false
group by unit_id, hour_start_utc, local_date, standard_id
