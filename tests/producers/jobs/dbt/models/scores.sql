select customer_id, spend * 0.1 {{ '+ no_such_column' if var('broken', false) }} as score
from {{ ref('customer_features') }}
