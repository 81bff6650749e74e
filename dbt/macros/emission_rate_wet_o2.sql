{#- Equation 19-3: pollutant and O2 both wet, moisture of the stack gas in percent [lb/mmBtu]; NULL where the denominator is not positive.
    With `moisture` of ambient air and F_w the same form is 19-2. -#}
{% macro emission_rate_wet_o2(ppm, o2_pct, moisture_pct, k, f_factor, air_pct) -%}
    case when {{ air_pct }} * (1 - {{ moisture_pct }} / 100) - {{ o2_pct }} > 0
        then {{ k }} * {{ ppm }} * {{ f_factor }} * {{ air_pct }}
            / ({{ air_pct }} * (1 - {{ moisture_pct }} / 100) - {{ o2_pct }})
    end
{%- endmacro %}
