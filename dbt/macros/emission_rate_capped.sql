{#- `emission_rate` with the diluent held at its cap; NULL where no cap is elected. -#}
{% macro emission_rate_capped(ppm, k) -%}
    case when diluent_cap_pct is not null then {{ emission_rate(
        ppm,
        k,
        'if(o2_pct > diluent_cap_pct, diluent_cap_pct, o2_pct)',
        'if(co2_pct < diluent_cap_pct, diluent_cap_pct, co2_pct)'
    ) }} end
{%- endmacro %}
