-- The row of a site is the sum of its blocks' rows where none of them is missing.
with sums as (
    select
        site_id,
        local_date,
        sum(charged_mwh) filter (where device_id is not null) as blocks_mwh,
        max(charged_mwh) filter (where device_id is null) as site_mwh,
        count(*) filter (where device_id is not null) as blocks,
        count(charged_mwh) filter (where device_id is not null) as known_blocks,
    from {{ ref('battery_daily') }}
    group by site_id, local_date
)

select *, from sums
where known_blocks = blocks and abs(blocks_mwh - site_mwh) > 0.000001 * blocks
