{#- Whether the emission monitor itself calls its values valid. A monitor of a feed without its status is taken at its
    word; where the feed gives one, and not for this reading, nobody knows. -#}
{% macro is_monitor_valid(readings) -%}
    coalesce(
        {{ readings }}.monitor_status = 'valid',
        not exists (
            select 1 from {{ source('reference', 'feed_columns') }} as statuses
            where statuses.feed_id = {{ readings }}.feed_id
                and statuses.device_id = {{ readings }}.device_id
                and statuses.column_name = 'monitor_status'
                and {{ is_valid_on('statuses', readings ~ '.utc_date') }}
        )
    )
{%- endmacro %}
