select *
from {{ ref('grid_daily') }}
where grid_mw_sum > 1000
