-- The days of a mass limit have, month by month, the tons and the gaps that emissions_monthly counts towards it.
-- Not where a unit is listed for some days only: a month counts all of its days.
with months as (
    select
        limit_id,
        scope_id,
        date_trunc('month', local_date) as month,
        bool_and(known_s = expected_s) as is_known,
        sum(amount) as days_short_tons,
    from {{ ref('int_mass_days') }}
    group by all
)

select months.*, emitted.counted_short_tons,
from months
inner join {{ ref('emissions_monthly') }} as emitted
    on emitted.limit_id = months.limit_id
    and coalesce(emitted.unit_id, emitted.site_id) = months.scope_id
    and emitted.month = months.month
where months.limit_id not in (
    select limit_id from {{ source('reference', 'limit_units') }} where valid_from is not null or valid_to is not null
)
and (is_known <> (counted_short_tons is not null) or abs(days_short_tons - counted_short_tons) > 0.0001)
