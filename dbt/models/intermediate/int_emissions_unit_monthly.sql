with months as (
    select calendar.site_id, calendar.month, max(calendar.hour_start_utc) >= max(spans.known_until_utc) as is_in_progress,
    from {{ source('reference', 'calendar_hours') }} as calendar
    inner join {{ ref('int_site_spans') }} as spans on spans.site_id = calendar.site_id
    group by calendar.site_id, calendar.month
),

unit_hours as (
    select calendar.site_id, units.device_id as unit_id, calendar.hour_start_utc,
    from {{ source('reference', 'calendar_hours') }} as calendar
    inner join {{ ref('int_site_spans') }} as spans
        on spans.site_id = calendar.site_id and calendar.hour_start_utc < spans.known_until_utc
    inner join {{ source('reference', 'devices') }} as units
        on units.site_id = calendar.site_id
        and units.kind = 'unit'
        and {{ is_valid_on('units', 'calendar.local_date') }}
        and {{ is_expected_on('units', 'calendar.local_date') }}
    where spans.starts_on is null or calendar.local_date >= spans.starts_on
    union
    select site_id, unit_id, hour_start_utc,
    from {{ ref('turbine_hourly') }}
),

unit_months as (
    select
        unit_hours.site_id,
        unit_hours.unit_id,
        calendar.month,
        count(*) as hours,
        cast(count(*) - count(hourly.operating_time_h) as integer) as unknown_hours,
        {{ amount('coalesce(sum(hourly.operating_time_h), 0)') }} as operating_h,
        bool_or(hourly.is_bound or hourly.is_bound is null) or coalesce(any_value(months.is_in_progress), false) as is_bound,
        min(hourly.time_basis) as time_basis,
    from unit_hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    left join months on months.site_id = calendar.site_id and months.month = calendar.month
    left join {{ ref('turbine_hourly') }} as hourly
        on hourly.unit_id = unit_hours.unit_id and hourly.hour_start_utc = unit_hours.hour_start_utc
    group by unit_hours.site_id, unit_hours.unit_id, calendar.month
),

masses as (
    select
        emitted.unit_id,
        calendar.month,
        emitted.pollutant,
        {{ factor('lb_per_short_ton') }} as per_short_ton,
        sum(lb) filter (where is_substituted is not true) as measured_lb,
        count(lb) as known_hours,
        {% for chain in var('filled_masses') %}
            sum({{ var('filled_masses')[chain] }}) as {{ chain }}_lb,
            count({{ var('filled_masses')[chain] }}) as {{ chain }}_hours,
        {% endfor %}
        sum(lb_possible) as possible_lb,
        count(lb_possible) as possible_hours,
        sum(heat_input_mmbtu_best_estimate) as heat_input_mmbtu,
        sum({{ amount('operating_time_h * data_coverage_pct / 100') }}) as measured_h,
        sum(operating_time_h) filter (where is_substituted) as substituted_h,
        max(reason) filter (where lb_best_estimate is null and reason <> 'op_time_unknown') as gap_reason,
    from {{ ref('turbine_pollutant_hourly') }} as emitted
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by emitted.unit_id, calendar.month, emitted.pollutant
)

select
    months.site_id,
    months.unit_id,
    months.month,
    pollutants.pollutant,
    {{ amount('measured_lb / per_short_ton') }} as short_tons_measured,
    {% for chain in var('filled_masses') %}
        {{ amount(chain ~ '_lb / per_short_ton') }} as {{ chain }}_short_tons,
        coalesce({{ chain }}_hours, 0) as {{ chain }}_hours,
    {% endfor %}
    {{ amount('coalesce(possible_lb, 0) / per_short_ton') }} as possible_short_tons,
    coalesce(possible_hours, 0) as possible_hours,
    {{ amount('heat_input_mmbtu') }} as heat_input_mmbtu,
    months.hours,
    coalesce(known_hours, 0) as known_hours,
    months.is_bound,
    months.operating_h,
    months.unknown_hours,
    {{ amount('coalesce(measured_h, 0)') }} as measured_h,
    {{ amount('coalesce(substituted_h, 0)') }} as substituted_h,
    months.time_basis,
    gap_reason,
from unit_months as months
cross join (select unnest({{ var('pollutants') }}) as pollutant) as pollutants
left join masses
    on masses.unit_id = months.unit_id and masses.month = months.month and masses.pollutant = pollutants.pollutant
