{#- Equations 19-6 and F-6: pollutant and CO2 on the same basis [lb/mmBtu]; NULL where there is no CO2. -#}
{% macro emission_rate_co2(ppm, co2_pct, k, f_factor) -%}
    case when {{ co2_pct }} > 0 then {{ k }} * {{ ppm }} * {{ f_factor }} * 100 / {{ co2_pct }} end
{%- endmacro %}
