{#- Descriptions into DuckDB's catalogue, all of a model in one statement list. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
    {% set comments %}
        comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(model.description) }};
        {% for column in model.columns.values() %}
            comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
        {% endfor %}
    {% endset %}
    {% do run_query(comments) %}
{% endmacro %}
