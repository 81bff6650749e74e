select
    device_id,
    {{ factor('start_heat_input_mmbtu_h') }} * {{ factor('start_nox_lb_per_mmbtu') }} * cold_start_min / 60 as start_nox_lb,
from {{ source('reference', 'devices') }}
where kind = 'unit'
