{#- How a table is built here: in place. A build is private until it is published whole, so nobody needs the old
    table while the new one is made, and there are no indexes, grants or foreign keys to carry over. -#}
{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {% set target = this.incorporate(type="table") %}
    {% do drop_relation_if_exists(load_cached_relation(this)) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main", language=model["language"]) -%}
        {{- create_table_as(False, target, compiled_code, model["language"]) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}
