select distinct
    device_id as unit_id,
    case
        when column_name = 'co_ppm' then 'co'
        when column_name in ('fuel_flow_scfh', 'heat_input_mmbtu_h') then 'heat_input'
        else 'nox'
    end as parameter,
from {{ source('reference', 'feed_columns') }}
where column_name in (
    'nox_ppm', 'nox_ppm_15o2', 'nox_lb_per_mmbtu', 'nox_lb', 'co_ppm', 'fuel_flow_scfh', 'heat_input_mmbtu_h'
)
