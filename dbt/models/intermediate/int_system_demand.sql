{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

select
    site_id,
    device_id as system_id,
    interval_start_utc,
    utc_date,
    cast(arg_min(interval_s, ranks.feed_rank) as integer) as interval_s,
    arg_min(demand_adjusted_mw, ranks.feed_rank) as demand_adjusted_mw,
    arg_min(demand_mw, ranks.feed_rank) as demand_mw,
    arg_min(demand_imputed_mw, ranks.feed_rank) as demand_imputed_mw,
    arg_min(demand_adjusted_mw_method, ranks.feed_rank) as demand_adjusted_mw_method,
    arg_min(demand_mw_method, ranks.feed_rank) as demand_mw_method,
from {{ ref('stg_system_demand') }}
inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
group by site_id, device_id, interval_start_utc, utc_date
order by site_id, utc_date, device_id, interval_start_utc
