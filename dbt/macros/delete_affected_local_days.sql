{#- Pre-hook of incremental Python models by local day: every local day that an affected UTC day touches goes out whole.
    Runs the statement itself and fetches its answer: one that is not fetched blocks the connection for Python. -#}
{% macro delete_affected_local_days() -%}
    {% if execute and is_incremental() %}
        {% do run_query(
            "delete from " ~ this ~ " where (site_id, local_date) in (
                select site_id, local_date
                from " ~ source('reference', 'calendar_hours') ~ "
                inner join " ~ source('affected', 'days') ~ " using (site_id, utc_date)
            )"
        ) %}
    {% endif %}
{%- endmacro %}
