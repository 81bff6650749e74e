with monitored_units as (
    select distinct device_id,
    from {{ source('reference', 'feed_columns') }}
    where column_name in ('nox_ppm', 'nox_ppm_15o2', 'nox_lb_per_mmbtu', 'nox_lb')
),

events as (
    select
        device_id,
        kind,
        case when kind = 'start' then started_at else least(started_at, ended_at - interval 1 second) end as from_utc,
        greatest(coalesce(ended_at, started_at), started_at + interval 1 second) as to_utc,
        unnest(range(date_trunc('hour', from_utc), if(kind = 'stop', ended_at, to_utc), interval 1 hour)) as hour_start_utc,
    from {{ ref('int_turbine_events') }}
),

substitutes as (
    select
        unit_id as device_id,
        hour_start_utc,
        any_value(p75_substitute_value) filter (where parameter = 'nox') as p75_rate_substitute,
        any_value(modc) filter (where parameter = 'nox') as modc_substitute,
        any_value(p75_substitute_value) filter (where parameter = 'heat_input') as p75_heat_substitute,
    from {{ ref('int_substitutes') }}
    where chain = 'part75'
    group by unit_id, hour_start_utc
),

masses as (
    select
        hours.*,
        hours.total_nox_lb is null and hours.nox_lb_per_mmbtu is not null and hours.burnt_mmbtu is null as is_heat_missing,
        coalesce(hours.p75_rate, cast(substitutes.p75_rate_substitute as decimal(18, 3))) as filled_p75_rate,
        coalesce(hours.p75_mmbtu_h, cast(substitutes.p75_heat_substitute as decimal(18, 1))) as filled_p75_mmbtu_h,
        hours.p75_rate is null and substitutes.p75_rate_substitute is not null as is_filled,
        substitutes.modc_substitute,
    from {{ ref('int_turbine_masses') }} as hours
    left join substitutes using (device_id, hour_start_utc)
),

event_hours as (
    select device_id, hour_start_utc, bool_or(kind = 'start') as is_startup, bool_or(kind = 'stop') as is_shutdown,
    from events
    group by device_id, hour_start_utc
)

select
    masses.site_id,
    masses.device_id as unit_id,
    masses.hour_start_utc,
    masses.operating_time_h,
    case basis when 1 then 'operating_time' when 2 then 'fuel_flow' when 3 then 'status' when 4 then 'gross_mw' end
        as op_time_basis,
    {{ half_away('coalesce(gross_mw_s / 3600, if(operating_time_h = 0, 0, null))', 6) }} as gross_mwh,
    {{ half_away('burnt_mmbtu', 6) }} as heat_input_mmbtu,
    {{ amount('if(operating_time_h > 0, measured_nox_ppm, null)') }} as nox_ppm,
    {{ amount('if(operating_time_h > 0, o2_pct, null)') }} as o2_pct,
    nox_ppm_15o2,
    nox_ppm_15o2_capped,
    case when operating_time_h > 0 then diluent_capped end as diluent_capped,
    nox_lb_per_mmbtu,
    filled_p75_rate as nox_lb_per_mmbtu_p75,
    total_nox_lb as nox_lb,
    {{ amount('if(operating_time_h = 0, 0, ' ~ half_away('filled_p75_rate * filled_p75_mmbtu_h', 1) ~ ' * operating_time_h)') }} as nox_lb_p75,
    {{ amount('total_co2_short_tons') }} as co2_short_tons,
    case
        when operating_time_h > 0 and co2_short_tons is not null then 'delivered'
        when total_co2_short_tons is not null then co2_factor_id
    end as co2_factor_id,
    cast(valid_quadrants as integer) as valid_quadrants,
    is_nsps_valid as is_valid_nsps,
    is_quality_assured as is_valid_p75,
    coalesce(
        masses.modc,
        case when is_filled then modc_substitute when is_quality_assured is not true then null when measured_nox_ppm < 0 then '21' when diluent_capped then '14' end
    ) as modc,
    case when operating_time_h = 0 then 'measured' when is_filled then 'substituted' else substr(nox_method, 3) end as method,
    coalesce(event_hours.is_startup, false) as is_startup,
    coalesce(event_hours.is_shutdown, false) as is_shutdown,
    coalesce(logged.is_malfunction, false) as is_malfunction,
    nox_lb_per_mmbtu_capped,
    {{ amount('if(operating_time_h = 0, 0, fuel_scfh_s / 3600)') }} as fuel_scf,
    {{ amount('if(operating_time_h = 0, 0, filled_p75_mmbtu_h * operating_time_h)') }} as heat_input_mmbtu_p75,
    {{ amount('100 * gross_mw_s / nullif(running_s * nameplate_mw, 0)') }} as load_pct,
    equation,
    case when operating_time_h = 0 then 'measured' when total_nox_lb is not null then substr(nox_mass_method, 3) end as nox_lb_method,
    case when operating_time_h = 0 then 'measured' when burnt_mmbtu is not null then substr(heat_method, 3) end
        as heat_input_mmbtu_method,
    known_s < 3600 as is_bound,
    case is_time_declared when true then 'declared' when false then 'recorded' end as time_basis,
    {{ amount(
        "case when running_s = 0 then known_s / 36 when running_s is null or is_heat_missing then 0"
        ~ " else 100 * measured_s / running_s end"
    ) }}
        as data_coverage_pct,
    case
        when rate_reason is not null then rate_reason
        when nox_lb_per_mmbtu is not null and total_nox_lb is not null then null
        when heat_input_mmbtu is null and has_other_base then 'base_conditions_differ'
        when is_heat_missing then 'heat_input_missing'
        when monitored_units.device_id is null and nox_ppm is null and total_nox_lb is null then 'not_monitored'
        when total_nox_lb is null then 'monitor_downtime'
        when nox_lb_per_mmbtu is null then 'rate_missing'
    end as reason,
    {{ version_id() }} as version_id,
from masses
left join monitored_units using (device_id)
left join event_hours using (device_id, hour_start_utc)
left join {{ ref('int_logged_unit_hours') }} as logged
    on logged.unit_id = masses.device_id and logged.hour_start_utc = masses.hour_start_utc
order by masses.site_id, unit_id, masses.hour_start_utc
