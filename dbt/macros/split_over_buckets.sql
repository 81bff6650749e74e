{#- Readings cut at the edges of UTC buckets: `bucket_start_utc` and the seconds of overlap.
    Means and levels are held over their interval; the seconds of a reading's pieces add up to its interval_s. -#}
{% macro split_over_buckets(readings, seconds) -%}
    select
        *,
        {{ bucket_start('interval_start_utc', seconds) }} as bucket_start_utc,
        cast(interval_s as integer) as overlap_s,
    from {{ readings }}
    where interval_start_utc + to_seconds(interval_s)
        <= {{ bucket_start('interval_start_utc', seconds) }} + to_seconds({{ seconds }})
    union all by name
    select
        * exclude (bucket_start_utc),
        bucket_start_utc,
        cast(date_diff(
            'second',
            greatest(interval_start_utc, bucket_start_utc),
            least(interval_start_utc + to_seconds(interval_s), bucket_start_utc + to_seconds({{ seconds }}))
        ) as integer) as overlap_s,
    from (
        select
            *,
            unnest(range(
                {{ bucket_start('interval_start_utc', seconds) }},
                interval_start_utc + to_seconds(interval_s),
                to_seconds({{ seconds }})
            )) as bucket_start_utc,
        from {{ readings }}
        where interval_start_utc + to_seconds(interval_s)
            > {{ bucket_start('interval_start_utc', seconds) }} + to_seconds({{ seconds }})
    )
{%- endmacro %}
