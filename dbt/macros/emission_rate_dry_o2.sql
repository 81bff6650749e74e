{#- Equation 19-1 = F-5: pollutant and O2 both dry [lb/mmBtu]; NULL at or above the oxygen of air. -#}
{% macro emission_rate_dry_o2(ppm, o2_pct, k, f_factor, air_pct) -%}
    case when {{ o2_pct }} < {{ air_pct }}
        then {{ k }} * {{ ppm }} * {{ f_factor }} * {{ air_pct }} / ({{ air_pct }} - {{ o2_pct }})
    end
{%- endmacro %}
