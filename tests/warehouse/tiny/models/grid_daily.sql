{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where (site_id, utc_date) in (select site_id, utc_date from affected.days){% else %}select 1{% endif %}",
) }}

select
    site_id,
    utc_date,
    sum(cast(grid_mw as decimal(18, 6))) as grid_mw_sum,
    cast({{ var('version_id') }} as bigint) as version_id,
from affected.grid
group by site_id, utc_date
