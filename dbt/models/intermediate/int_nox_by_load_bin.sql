with rates as (
    select device_id, load_bin, {{ unrounded('sum(nox_lb) / sum(heat_input_mmbtu)') }} as nox_lb_per_mmbtu,
    from {{ ref('int_steady_unit_hours') }}
    where nox_lb is not null
    group by device_id, load_bin
),

bins as (
    select units.device_id, cast(bins.load_bin as integer) as load_bin,
    from (select distinct device_id from rates) as units, range(1, 11) as bins (load_bin)
)

select
    bins.device_id,
    bins.load_bin,
    arg_min(rates.nox_lb_per_mmbtu, (abs(rates.load_bin - bins.load_bin), rates.load_bin)) as nox_lb_per_mmbtu,
    bool_or(rates.load_bin = bins.load_bin) as is_own_bin,
from bins
inner join rates on rates.device_id = bins.device_id
group by bins.device_id, bins.load_bin
