{#- UTC hours of some days in which readings of a device and column are expected. -#}
{% macro expected_hours(days) -%}
    select
        columns.* exclude (expected_from_utc, expected_to_utc),
        days.utc_date,
        unnest(range(
            greatest(cast(days.utc_date as timestamp), columns.expected_from_utc),
            least(days.utc_date + interval 1 day, columns.expected_to_utc),
            interval 1 hour
        )) as hour_start_utc,
    from {{ days }} as days
    inner join {{ ref('int_expected_columns') }} as columns
        on columns.site_id = days.site_id
        and days.utc_date + interval 1 day > columns.expected_from_utc
        and days.utc_date < columns.expected_to_utc
{%- endmacro %}
