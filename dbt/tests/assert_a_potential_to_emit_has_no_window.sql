-- Rolling tons and their projection never stand on a line that is held against the caps.
select limit_id, local_date,
from {{ ref('permit_headroom_daily') }}
where basis = 'potential_to_emit' and (averaging is not null or mean_daily_amount is not null or projected_exhaustion_date is not null)
