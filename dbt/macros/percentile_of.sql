{#- A percentile of an ascending list of exact numbers, by linear interpolation between its order statistics, in DOUBLE. -#}
{% macro percentile_of(ordered, percentile) -%}
    (
        cast({{ ordered }}[1 + cast(floor((len({{ ordered }}) - 1) * {{ percentile }} / 100) as integer)] as double)
        + ((len({{ ordered }}) - 1) * {{ percentile }} / 100 - floor((len({{ ordered }}) - 1) * {{ percentile }} / 100)) * cast(
            {{ ordered }}[1 + cast(ceil((len({{ ordered }}) - 1) * {{ percentile }} / 100) as integer)]
            - {{ ordered }}[1 + cast(floor((len({{ ordered }}) - 1) * {{ percentile }} / 100) as integer)] as double)
    )
{%- endmacro %}
