{#- Rate of a pollutant by the NOx equation of the monitoring plan [lb/mmBtu], in DOUBLE. Columns f_factor, air_pct, h2o_pct
    and bwa_pct come from the model; O2 and CO2 are arguments, since a diluent cap replaces them. -#}
{% macro emission_rate(ppm, k, o2_pct, co2_pct) -%}
    case equation
        when '19-1' then {{ emission_rate_dry_o2(ppm, o2_pct, k, 'f_factor', 'air_pct') }}
        when '19-2' then {{ emission_rate_wet_o2(ppm, o2_pct, 'bwa_pct', k, 'f_factor', 'air_pct') }}
        when '19-3' then {{ emission_rate_wet_o2(ppm, o2_pct, 'h2o_pct', k, 'f_factor', 'air_pct') }}
        when '19-5' then {{ emission_rate_dry_wet_o2(ppm, o2_pct, 'h2o_pct', k, 'f_factor', 'air_pct') }}
        when '19-6' then {{ emission_rate_co2(ppm, co2_pct, k, 'f_factor') }}
    end
{%- endmacro %}
