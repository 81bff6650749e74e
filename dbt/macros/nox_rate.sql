{#- NOx rate by the formula of the monitoring plan [lb/mmBtu], in DOUBLE. Columns k, f_factor, air_pct, nox_ppm, h2o_pct
    and bwa_pct come from the model; O2 and CO2 are arguments, since a diluent cap replaces them. -#}
{% macro nox_rate(o2_pct, co2_pct) -%}
    case equation
        when '19-1' then {{ nox_rate_dry_o2('nox_ppm', o2_pct, 'k', 'f_factor', 'air_pct') }}
        when '19-2' then {{ nox_rate_wet_o2('nox_ppm', o2_pct, 'bwa_pct', 'k', 'f_factor', 'air_pct') }}
        when '19-3' then {{ nox_rate_wet_o2('nox_ppm', o2_pct, 'h2o_pct', 'k', 'f_factor', 'air_pct') }}
        when '19-5' then {{ nox_rate_dry_wet_o2('nox_ppm', o2_pct, 'h2o_pct', 'k', 'f_factor', 'air_pct') }}
        when '19-6' then {{ nox_rate_co2('nox_ppm', co2_pct, 'k', 'f_factor') }}
    end
{%- endmacro %}
