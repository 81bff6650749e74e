{#- Rate of NOx that 1 ppm at 15 % O2 is [lb/mmBtu]: F_d, since the oxygen is dry. -#}
{% macro emission_rate_per_ppm_15o2() -%}
    k * case when equation in ('19-1', '19-3', '19-5') then f_factor else {{ factor('fd_gas') }} end
        * air_pct / (air_pct - {{ factor('o2_reference') }})
{%- endmacro %}
