{#- Pre-hook of incremental models: the affected days go out whole, so that a day that became empty leaves nothing. -#}
{% macro delete_affected_days() -%}
    {% if is_incremental() %}
        delete from {{ this }}
        where (site_id, utc_date) in (select site_id, utc_date from {{ source('affected', 'days') }})
    {% else %}
        select 1
    {% endif %}
{%- endmacro %}
