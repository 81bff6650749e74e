{#- The feed's rank where it may give a bucket's value, else NULL: a feed that is silent for a part of the bucket
    gives way to one that covers more of it. To be used as the key of arg_min. -#}
{% macro preferred_rank(covered_s, bucket) -%}
    case
        when {{ covered_s }} * 100 >= max({{ covered_s }}) over {{ bucket }} * {{ parameter('coverage_gate_pct') }}
            then feed_rank
    end
{%- endmacro %}
