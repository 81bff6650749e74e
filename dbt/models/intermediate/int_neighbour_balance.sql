{{ config(schema='staging', materialized='view') }}

with days as (
    select distinct hours.site_id, hours.local_date,
    from {{ ref('int_site_hours') }} as hours
    inner join {{ source('affected', 'days') }} as affected using (site_id, utc_date)
),

intervals as (
    select
        power.site_id,
        hours.local_date,
        power.interval_start_utc,
        balance_residual_mw,
        load_mw + coalesce(aux_mw, 0) + coalesce(xfmr_loss_mw, 0) as sinks_mw,
        uncertainty_mw,
    from {{ ref('site_power_5min') }} as power
    inner join {{ ref('int_site_hours') }} as hours
        on hours.site_id = power.site_id
        and hours.hour_start_utc = date_trunc('hour', power.interval_start_utc)
    inner join days on days.site_id = power.site_id and days.local_date = hours.local_date
),

bands as (
    select
        *,
        sinks_mw * {{ parameter('closure_green_pct') }} / 100 as green_mw,
        uncertainty_mw * {{ parameter('balance_z_incident') }} as uncertain_mw,
    from intervals
)

select
    site_id,
    local_date,
    interval_start_utc,
    balance_residual_mw,
    {{ amount('greatest(uncertain_mw, green_mw)') }} as band_mw,
    {{ amount('coalesce(uncertain_mw, green_mw) / ' ~ parameter('balance_z_incident')
        ~ ' * ' ~ parameter('balance_noise_pct') ~ ' / 100') }} as noise_mw,
from bands
