-- A figure lies in its interval; what is decided has one, and says why.
select claim_id, boundary, part, period, verdict, why,
from {{ ref('claim_check') }}
where low > high
    or value not between low and high
    or (verdict = 'confirmed') <> (why like '% confirms it.')
    or (verdict = 'refuted') <> (why like '% refutes it.' and why not like '%nor refutes it.')
    or (verdict in ('confirmed', 'refuted') and coalesce(low, high) is null)
