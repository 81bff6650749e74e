with limits as (
    select distinct
        site_id,
        unit_id,
        limit_id,
        scope_id,
        pollutant,
        date_trunc('month', counts_from) as counts_from,
        listed_from as valid_from,
        listed_to as valid_to,
    from {{ ref('int_summed_limits') }}
    where counter is null
),

rules as (
    select distinct limit_id, unit_id, missing_rule, coalesce(valid_from, date '0001-01-01') as valid_from,
    from {{ ref('int_summed_limits') }}
    where counter is null
),

unit_days as (
    select
        unit_id,
        pollutant,
        calendar.local_date,
        {% for chain in var('filled_masses') %}
            sum({{ var('filled_masses')[chain] }}) as {{ chain }}_lb,
            count({{ var('filled_masses')[chain] }}) as {{ chain }}_hours,
        {% endfor %}
        count(*) as hours,
    from {{ ref('turbine_pollutant_hourly') }} as emitted
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    where pollutant in (select pollutant from limits)
    group by unit_id, pollutant, calendar.local_date
),

days as (
    select
        calendar.site_id,
        calendar.local_date,
        count(*) as hours,
        any_value(spans.starts_on) as starts_on,
        {{ factor('lb_per_short_ton') }} as lb_per_short_ton,
    from {{ source('reference', 'calendar_hours') }} as calendar
    inner join {{ ref('int_site_spans') }} as spans
        on spans.site_id = calendar.site_id and calendar.hour_start_utc < spans.known_until_utc
    where spans.starts_on is null or spans.starts_on <= calendar.local_date
    group by calendar.site_id, calendar.local_date
)

select
    days.site_id,
    limits.limit_id,
    limits.scope_id,
    days.local_date,
    sum(if(units.device_id is null, emitted.hours, days.hours) * 3600) as expected_s,
    sum(coalesce({{ filled_by('rules.missing_rule', 'hours') }}, 0) * 3600) as known_s,
    max(greatest(limits.counts_from, days.starts_on)) as counts_from,
    {{ unrounded('coalesce(sum(' ~ filled_by('rules.missing_rule', 'lb') ~ '), 0) / max(days.lb_per_short_ton)', 10) }} as amount,
from days
inner join limits
    on limits.site_id = days.site_id
    and (limits.counts_from is null or limits.counts_from <= days.local_date)
    and {{ is_valid_on('limits', 'days.local_date') }}
asof left join rules
    on rules.limit_id = limits.limit_id and rules.unit_id = limits.unit_id and rules.valid_from <= last_day(days.local_date)
left join {{ source('reference', 'devices') }} as units
    on units.device_id = limits.unit_id
    and {{ is_valid_on('units', 'days.local_date') }}
    and {{ is_expected_on('units', 'days.local_date') }}
left join unit_days as emitted
    on emitted.unit_id = limits.unit_id and emitted.pollutant = limits.pollutant and emitted.local_date = days.local_date
where units.device_id is not null or {{ filled_by('rules.missing_rule', 'lb') }} is not null
group by days.site_id, limits.limit_id, limits.scope_id, days.local_date
