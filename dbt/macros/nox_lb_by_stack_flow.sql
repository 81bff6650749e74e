{#- F-26A and F-26B over one hour [lb]: stack flow is wet; a dry concentration takes the moisture off. -#}
{% macro nox_lb_by_stack_flow(ppm, stack_flow_scfh, h2o_pct, moisture_basis, k) -%}
    {{ k }} * {{ ppm }} * {{ stack_flow_scfh }} * case when {{ moisture_basis }} = 'wet' then 1 else 1 - {{ h2o_pct }} / 100 end
{%- endmacro %}
