{#- Columns that `emission_rate` needs: the equation of the monitoring plan, or what follows from the diluent and the moisture;
    its factor, `plan_f_factor` where the plan has one; the constants of NOx and of air. -#}
{% macro emission_formula(plan_f_factor) -%}
    case
        when formula is null and o2_pct is null and co2_pct is not null then '19-6'
        when coalesce(formula, '19-1') = '19-1' and moisture_basis = 'wet' then '19-3'
        else coalesce(formula, '19-1')
    end as equation,
    coalesce({{ plan_f_factor }}, case equation
        when '19-6' then {{ factor('fc_gas') }} when '19-2' then {{ factor('fw_gas') }} else {{ factor('fd_gas') }}
    end) as f_factor,
    {{ factor('k_nox') }} as k,
    {{ factor('o2_air') }} as air_pct,
    100 * {{ factor('bwa_default') }} as bwa_pct
{%- endmacro %}
