{#- Seconds of each device, feed, column and UTC hour in which a value of a kind is there: good or substituted. -#}
{% macro seconds_by_column(kind) -%}
    select
        site_id,
        device_id,
        utc_date,
        hour_start_utc,
        unnest(columns, recursive := true),
    from (
        select
            site_id,
            device_id,
            feed_id,
            utc_date,
            bucket_start_utc as hour_start_utc,
            [
                {% for column, method in value_columns(kind).items() %}
                    {% set is_there = column ~ ' is not null' %}
                    {% if kind == 'turbines' and column in var('monitored_columns') %}
                        {% set is_there = is_there ~ ' and is_monitor_valid' %}
                    {% endif %}
                    {
                        'column_name': '{{ column }}',
                        'good_s': sum(if({{ is_there }} and {{ method }} <> 'substituted', overlap_s, 0)),
                        'substituted_s': sum(if({{ is_there }} and {{ method }} = 'substituted', overlap_s, 0)),
                    },
                {% endfor %}
            ] as columns,
        from (
            {% if kind == 'turbines' %}
                select pieces.*, {{ is_monitor_valid('pieces') }} as is_monitor_valid,
                from ({{ split_over_buckets(source('affected', kind), 3600) }}) as pieces
            {% else %}
                {{ split_over_buckets(source('affected', kind), 3600) }}
            {% endif %}
        )
        group by site_id, device_id, feed_id, utc_date, bucket_start_utc
    )
{%- endmacro %}
