with days as (
    select distinct site_id, local_date, from {{ ref('int_site_hours') }}
),

lines as (
    select
        days.site_id,
        days.local_date,
        limits.limit_id,
        limits.pollutant,
        limits.value as limit_value,
        limits.verified_by is not null as limit_is_verified,
    from days
    inner join {{ source('reference', 'permit_limits') }} as limits
        on limits.basis = 'potential_to_emit'
        and limits.is_enabled
        and (limits.site_id is null or limits.site_id = days.site_id)
        and {{ is_valid_on('limits', 'days.local_date') }}
),

units as (
    select days.site_id, days.local_date, units.device_id as unit_id,
    from days
    inner join {{ source('reference', 'devices') }} as units
        on units.site_id = days.site_id
        and units.kind = 'unit'
        and {{ is_valid_on('units', 'days.local_date') }}
        and {{ is_expected_on('units', 'days.local_date') }}
),

caps as (
    select
        lines.site_id,
        lines.local_date,
        lines.limit_id,
        caps.limit_id as cap_id,
        caps.scope_id,
        max(caps.limit_value) as cap_value,
        bool_and(caps.limit_is_verified) as cap_is_verified,
        list(caps.unit_id) as unit_ids,
    from lines
    inner join {{ ref('int_summed_limits') }} as caps
        on caps.site_id = lines.site_id
        and caps.pollutant = lines.pollutant
        and caps.unit = 'short_ton'
        and {{ is_valid_on('caps', 'lines.local_date') }}
    group by lines.site_id, lines.local_date, lines.limit_id, caps.limit_id, caps.scope_id
),

potentials as (
    select
        site_id,
        local_date,
        limit_id,
        sum(cap_value) as caps_value,
        bool_and(cap_is_verified) as caps_are_verified,
        flatten(list(unit_ids)) as capped_units,
    from caps
    group by site_id, local_date, limit_id
),

uncapped as (
    select lines.site_id, lines.local_date, lines.limit_id, count(*) as uncapped_units,
    from lines
    inner join units on units.site_id = lines.site_id and units.local_date = lines.local_date
    left join potentials
        on potentials.site_id = lines.site_id and potentials.local_date = lines.local_date and potentials.limit_id = lines.limit_id
    where not coalesce(list_contains(potentials.capped_units, units.unit_id), false)
    group by lines.site_id, lines.local_date, lines.limit_id
)

select
    lines.site_id,
    lines.limit_id,
    lines.local_date,
    lines.limit_value,
    lines.limit_is_verified and coalesce(potentials.caps_are_verified, true) as limit_is_verified,
    case when uncapped.limit_id is null then potentials.caps_value end as used,
from lines
left join potentials
    on potentials.site_id = lines.site_id and potentials.local_date = lines.local_date and potentials.limit_id = lines.limit_id
left join uncapped
    on uncapped.site_id = lines.site_id and uncapped.local_date = lines.local_date and uncapped.limit_id = lines.limit_id
