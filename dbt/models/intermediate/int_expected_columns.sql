with spans as (
    select
        columns.site_id,
        columns.device_id,
        columns.kind,
        columns.column_name,
        coalesce(columns.valid_from, date '0001-01-01') as delivered_from,
        coalesce(columns.valid_to, date '9999-12-31') as delivered_to,
        greatest(
            coalesce(devices.valid_from, date '0001-01-01'),
            case
                when devices.commissioned_on is not null then devices.commissioned_on
                when devices.delivered_on is null and devices.installed_on is null then date '0001-01-01'
                else date '9999-12-31'
            end
        ) as expected_from,
        least(coalesce(devices.valid_to, date '9999-12-31'), coalesce(devices.retired_on, date '9999-12-31')) as expected_to,
    from {{ source('reference', 'feed_columns') }} as columns
    inner join {{ source('reference', 'devices') }} as devices using (device_id)
    where columns.column_name not in ('{{ var("occasional_columns") | join("', '") }}')
),

instants as (
    select
        spans.* exclude (delivered_from, delivered_to, expected_from, expected_to),
        greatest(delivered_from, coalesce(begins.starts_at_utc, expected_from)) as from_utc,
        least(delivered_to, coalesce(ends.starts_at_utc, expected_to)) as to_utc,
    from spans
    {{ join_local_midnights('spans', 'expected_from', 'expected_to') }}
),

marked_instants as (
    select
        *,
        (
            from_utc > max(to_utc) over (
                partition by device_id, column_name order by from_utc, to_utc rows between unbounded preceding and 1 preceding
            )
        ) is not false as is_new,
    from instants
    where from_utc < to_utc
),

islands as (
    select
        *,
        sum(cast(is_new as integer)) over (
            partition by device_id, column_name order by from_utc, to_utc rows unbounded preceding
        ) as island,
    from marked_instants
)

select
    site_id,
    device_id,
    kind,
    column_name,
    min(from_utc) as expected_from_utc,
    max(to_utc) as expected_to_utc,
from islands
group by site_id, device_id, kind, column_name, island
