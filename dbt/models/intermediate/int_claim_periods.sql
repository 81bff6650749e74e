with tests as (
    select
        *,
        row_number() over (order by claim_id, boundary, part, kpi, denominator, slice, valid_from) as test_id,
    from {{ source('reference', 'claims') }}
),

known as (
    select site_id, min(local_date) as first_day, max(local_date) + 1 as end_day,
    from {{ ref('int_site_hours') }}
    group by site_id
),

campuses as (
    select site_id, min(starts_on) as starts_on,
    from {{ source('reference', 'sites') }}
    where kind = 'campus'
    group by site_id
),

windows as (
    select
        tests.*,
        campuses.site_id,
        campuses.starts_on,
        min(known.first_day) over test_sites as known_from,
        max(known.end_day) over test_sites as known_to,
    from tests
    inner join campuses on tests.boundary in ('campus', campuses.site_id)
    left join known on known.site_id = campuses.site_id
    window test_sites as (partition by tests.test_id)
),

starts as (
    select
        *,
        unnest(case period_rule
            when 'month' then range(date_trunc('month', cast(known_from as timestamp)), known_to, interval 1 month)
            when 'year' then range(date_trunc('year', cast(known_from as timestamp)), known_to, interval 1 year)
            else [cast(known_from as timestamp)]
        end) as starts_at,
    from windows
    where known_from is not null
),

spans as (
    select
        test_id,
        site_id,
        case period_rule
            when 'month' then strftime(starts_at, '%Y-%m') when 'year' then strftime(starts_at, '%Y') else 'all'
        end as period,
        cast(greatest(starts_at, starts_on, valid_from) as date) as first_day,
        cast(least(
            case period_rule
                when 'month' then starts_at + interval 1 month when 'year' then starts_at + interval 1 year else known_to
            end,
            valid_to
        ) as date) as end_day,
    from starts
    where first_day < end_day
)

select tests.*, coalesce(spans.period, 'all') as period, spans.site_id, spans.first_day, spans.end_day,
from tests
left join spans using (test_id)
