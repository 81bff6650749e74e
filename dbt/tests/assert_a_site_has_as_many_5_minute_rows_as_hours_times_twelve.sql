-- Joins neither lose nor multiply intervals.
with expected as (
    select site_id, count(*) * 12 as intervals, from {{ ref('int_site_hours') }} group by site_id
),

found as (
    select site_id, count(*) as intervals, from {{ ref('site_power_5min') }} group by site_id
)

select site_id, expected.intervals as expected_intervals, found.intervals as found_intervals,
from expected
full join found using (site_id)
where expected.intervals is distinct from found.intervals
