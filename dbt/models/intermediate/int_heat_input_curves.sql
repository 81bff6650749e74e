with sums as (
    select
        site_id,
        device_id,
        count(*) as hours,
        count(distinct load_bin) as load_bins,
        cast(sum(gross_mwh) as double) as x,
        cast(sum(heat_input_mmbtu) as double) as y,
        cast(sum(cast(gross_mwh as decimal(18, 6)) * cast(gross_mwh as decimal(18, 6))) as double) as xx,
        cast(sum(cast(gross_mwh as decimal(18, 6)) * cast(heat_input_mmbtu as decimal(18, 6))) as double) as xy,
    from {{ ref('int_steady_unit_hours') }}
    group by site_id, device_id
),

slopes as (
    select *, case when load_bins >= 3 then (hours * xy - x * y) / nullif(hours * xx - x * x, 0) end as slope,
    from sums
)

select
    site_id,
    device_id,
    cast(hours as integer) as hours,
    cast(load_bins as integer) as load_bins,
    {{ amount('(y - slope * x) / hours') }} as no_load_mmbtu_h,
    {{ amount('slope') }} as slope,
    case when load_bins < 3 then 'too_few_load_bins' end as reason,
from slopes
