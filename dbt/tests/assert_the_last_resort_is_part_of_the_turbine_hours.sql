-- Tests are part of the last resort, and what nobody knows is part of neither.
select site_id, local_date, turbine_h, last_resort_h, test_h, unknown_h,
from {{ ref('last_resort_daily') }}
where test_h > last_resort_h
    or last_resort_h + unknown_h > turbine_h + 0.0001
    or least(test_h, unknown_h) < 0
