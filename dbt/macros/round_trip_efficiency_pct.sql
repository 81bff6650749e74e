{#- SOC-corrected efficiency r = (E_dis + ΔE_stored·√r) / E_ch in closed form [%]; energies in MWh. -#}
{% macro round_trip_efficiency_pct(charged, discharged, stored_change) -%}
    100 * pow(
        (
            cast({{ stored_change }} as double)
            + sqrt(pow(cast({{ stored_change }} as double), 2) + 4e0 * {{ charged }} * {{ discharged }})
        ) / (2e0 * {{ charged }}),
        2
    )
{%- endmacro %}
