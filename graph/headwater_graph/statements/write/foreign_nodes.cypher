// Counts the nodes that carry none of these labels. Parameters: labels. Result: nodes.
MATCH (n)
WHERE none(label IN labels(n) WHERE label IN $labels)
RETURN count(n) AS nodes
