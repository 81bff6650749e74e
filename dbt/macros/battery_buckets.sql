{#- Readings of batteries by device and 5 minutes, each quantity from the feed preferred in the bucket. -#}
{% macro battery_buckets(readings) -%}
    {%- set quantities = {
        'power': ['power_charged_mw_s', 'power_discharged_mw_s', 'power_s', 'power_substituted_s'],
        'register': ['register_charged_mwh', 'register_discharged_mwh', 'register_s'],
        'soc': ['soc_first_pct', 'soc_last_pct', 'soc_min_pct', 'soc_max_pct', 'soc_s'],
        'soh': ['soh_pct', 'soh_s'],
        'status': ['status_s', 'available_s'],
        'capability': ['capable_mw_s', 'capability_s'],
    } -%}
    select
        site_id,
        device_id,
        utc_date,
        bucket_start_utc,
        {% for quantity, columns in quantities.items() %}
            {% for column in columns %}
                arg_min({{ column }}, {{ quantity }}_rank) as {{ column }},
            {% endfor %}
        {% endfor %}
    from (
        select
            feed_buckets.*,
            {% for quantity in quantities %}
                {{ preferred_rank(quantity ~ '_s', 'bucket') }} as {{ quantity }}_rank,
            {% endfor %}
        from (
            select
                site_id,
                device_id,
                utc_date,
                bucket_start_utc,
                feed_id,
                sum(greatest(-battery_mw, 0) * overlap_s) filter (where battery_mw is not null) as power_charged_mw_s,
                sum(greatest(battery_mw, 0) * overlap_s) filter (where battery_mw is not null) as power_discharged_mw_s,
                sum(overlap_s) filter (where battery_mw is not null) as power_s,
                sum(overlap_s) filter (where battery_mw is not null and method = 'substituted') as power_substituted_s,
                sum({{ amount('energy_charged_mwh * overlap_s / interval_s') }}) as register_charged_mwh,
                sum({{ amount('energy_discharged_mwh * overlap_s / interval_s') }}) as register_discharged_mwh,
                sum(overlap_s) filter (where energy_charged_mwh is not null and energy_discharged_mwh is not null)
                    as register_s,
                arg_min(soc_pct, interval_start_utc) as soc_first_pct,
                arg_max(soc_pct, interval_start_utc) as soc_last_pct,
                min(soc_pct) as soc_min_pct,
                max(soc_pct) as soc_max_pct,
                sum(overlap_s) filter (where soc_pct is not null) as soc_s,
                arg_min(soh_pct, interval_start_utc) as soh_pct,
                sum(overlap_s) filter (where soh_pct is not null) as soh_s,
                sum(overlap_s) filter (where status is not null) as status_s,
                sum(if(status = 'available', overlap_s, 0)) filter (where status is not null) as available_s,
                sum(available_discharge_mw * overlap_s) as capable_mw_s,
                sum(overlap_s) filter (where available_discharge_mw is not null) as capability_s,
            from ({{ split_over_buckets(readings, 300) }})
            group by site_id, device_id, utc_date, bucket_start_utc, feed_id
        ) as feed_buckets
        inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
        window bucket as (partition by site_id, device_id, utc_date, bucket_start_utc)
    )
    group by site_id, device_id, utc_date, bucket_start_utc
{%- endmacro %}
