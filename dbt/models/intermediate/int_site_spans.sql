with starts as (
    select site_id, min(starts_on) as starts_on, from {{ source('reference', 'sites') }}
    group by site_id
),

known as (
    select site_id, max(hour_start_utc) + interval 1 hour as known_until_utc, from {{ ref('int_site_hours') }}
    group by site_id
)

select known.site_id, starts.starts_on, known.known_until_utc,
from known
left join starts using (site_id)
