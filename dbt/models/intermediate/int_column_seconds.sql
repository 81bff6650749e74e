{{ config(schema='staging', materialized='view') }}

with feed_hours as (
    {% for kind in ['grid', 'campus_load', 'turbines', 'batteries', 'system_demand', 'weather'] %}
        {{ seconds_by_column(kind) }}
        {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
)

select
    site_id,
    device_id,
    column_name,
    hour_start_utc,
    utc_date,
    cast(least(max(good_s), 3600) as integer) as good_s,
    cast(least(max(substituted_s), 3600 - least(max(good_s), 3600)) as integer) as substituted_s,
from feed_hours
group by site_id, device_id, column_name, hour_start_utc, utc_date
