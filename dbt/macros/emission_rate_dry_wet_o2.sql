{#- Equation 19-5: pollutant dry, O2 wet [lb/mmBtu], with the × 20.9 that one published check engine forgets. -#}
{% macro emission_rate_dry_wet_o2(ppm, o2_pct, moisture_pct, k, f_factor, air_pct) -%}
    case when {{ air_pct }} - {{ o2_pct }} / (1 - {{ moisture_pct }} / 100) > 0
        then {{ k }} * {{ ppm }} * {{ f_factor }} * {{ air_pct }}
            / ({{ air_pct }} - {{ o2_pct }} / (1 - {{ moisture_pct }} / 100))
    end
{%- endmacro %}
