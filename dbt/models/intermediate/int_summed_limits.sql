with units as (
    select distinct site_id, device_id as unit_id, from {{ source('reference', 'devices') }}
    where kind = 'unit'
)

select
    units.site_id,
    units.unit_id,
    limits.limit_id,
    limits.counter,
    limits.pollutant,
    limits.unit,
    limits.missing_rule,
    if(limits.scope = 'unit', units.unit_id, units.site_id) as scope_id,
    limits.value as limit_value,
    limits.averaging,
    limits.startup_end_rule,
    limits.counted_as,
    coalesce(
        max(limits.counts_from) over (partition by limits.limit_id),
        case when limits.counter is not null then min(limits.valid_from) over (partition by limits.limit_id) end
    ) as counts_from,
    limits.verified_by is not null as limit_is_verified,
    listed.valid_from as listed_from,
    listed.valid_to as listed_to,
    greatest(limits.valid_from, listed.valid_from) as valid_from,
    least(limits.valid_to, listed.valid_to) as valid_to,
from units
inner join {{ source('reference', 'permit_limits') }} as limits
    on (limits.counter is not null or (limits.unit = 'short_ton' and limits.averaging = '12_months'))
    and limits.basis = 'actual'
    and limits.is_enabled
    and (limits.site_id is null or limits.site_id = units.site_id)
left join {{ source('reference', 'limit_units') }} as listed
    on listed.limit_id = limits.limit_id and listed.unit_id = units.unit_id
where
    listed.unit_id is not null
    or limits.limit_id not in (select limit_id from {{ source('reference', 'limit_units') }})
