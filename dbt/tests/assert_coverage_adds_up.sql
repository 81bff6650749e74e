-- Every expected second is good, substituted or missing, and none is two of them.
select site_id, device_id, column_name, date_utc, expected_s, good_s, substituted_s, missing_s,
from {{ ref('coverage_daily') }}
where
    good_s + substituted_s + missing_s <> expected_s
    or least(expected_s, good_s, substituted_s, missing_s) < 0
    or expected_s > 86400
