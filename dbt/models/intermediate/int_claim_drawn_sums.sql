{% set quantities = {
    'turbine_hours_avoided_daily.avoided_h': 'h',
    'turbine_hours_avoided_daily.battery_only_h': 'h',
    'turbine_hours_avoided_daily.avoided_turbine_mwh': 'mwh',
    'emissions_avoided_daily.fuel_mmbtu': 'fuel_mmbtu',
    'emissions_avoided_daily.nox_net_lb': 'nox_lb',
} %}
with periods as (
    select
        *,
        case period
            when 'month' then strftime(starts_on, '%Y-%m') when 'year' then strftime(starts_on, '%Y') else 'all'
        end as label,
    from {{ ref('int_avoided_interval') }}
    where period <> 'day'
)

{% for kpi, quantity in quantities.items() %}
    select
        '{{ kpi }}' as kpi,
        'scenario=' || scenario as slice,
        site_id,
        label as period,
        days,
        {{ amount('low_' ~ quantity) }} as low,
        {{ amount('high_' ~ quantity) }} as high,
    from periods
    where low_{{ quantity }} is not null
    {{ 'union all' if not loop.last }}
{% endfor %}
