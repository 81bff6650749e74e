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
                {% for column in value_columns(kind) %}
                    {
                        'column_name': '{{ column }}',
                        'good_s': sum(if({{ column }} is not null and method <> 'substituted', overlap_s, 0)),
                        'substituted_s': sum(if({{ column }} is not null and method = 'substituted', overlap_s, 0)),
                    },
                {% endfor %}
            ] as columns,
        from ({{ split_over_buckets(source('affected', kind), 3600) }})
        group by site_id, device_id, feed_id, utc_date, bucket_start_utc
    )
{%- endmacro %}
