with months as (
    select distinct site_id, unit_id, month, pollutant, from {{ ref('int_emissions_unit_monthly') }}
),

rolling_limits as (
    select
        limits.* exclude (valid_from, valid_to),
        listed.unit_id,
        limits.limit_id in (select limit_id from {{ source('reference', 'limit_units') }}) as has_units,
        greatest(limits.valid_from, listed.valid_from) as valid_from,
        least(limits.valid_to, listed.valid_to) as valid_to,
    from {{ source('reference', 'permit_limits') }} as limits
    left join {{ source('reference', 'limit_units') }} as listed using (limit_id)
    where limits.averaging = '12_months' and limits.basis = 'actual' and limits.is_enabled and limits.unit = 'short_ton'
)

select distinct
    months.site_id,
    months.month,
    months.pollutant,
    case when limits.scope = 'unit' then months.unit_id end as unit_id,
    months.unit_id as counted_unit_id,
    limits.limit_id,
    limits.value as limit_short_tons,
    limits.verified_by is not null as limit_is_verified,
    limits.missing_rule,
    date_trunc('month', limits.counts_from) as counts_from,
from months
inner join rolling_limits as limits
    on limits.pollutant = months.pollutant
    and (limits.site_id is null or limits.site_id = months.site_id)
    and (not limits.has_units or limits.unit_id = months.unit_id)
    and (limits.valid_from is null or limits.valid_from < months.month + interval 1 month)
    and (limits.valid_to is null or limits.valid_to > months.month)
qualify dense_rank() over (
    partition by months.site_id, months.month, months.pollutant, case when limits.scope = 'unit' then months.unit_id end, limits.scope
    order by limits.value, limits.limit_id
) = 1
