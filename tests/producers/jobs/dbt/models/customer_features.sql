select c.customer_id, c.country, sum(o.amount) as spend, max(k.clicks) as clicks
from {{ ref('raw_customers') }} as c
join {{ ref('stg_orders') }} as o on o.customer_id = c.customer_id
left join {{ source('lake', 'clicks') }} as k on k.customer_id = c.customer_id
group by c.customer_id, c.country
