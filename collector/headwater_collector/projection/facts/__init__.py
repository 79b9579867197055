"""What is known of a scope: a run, a job, a dataset, a version, the column lineage of one output. Merged without order.

Every time is text as in `Event.time`. A *token* is the total order of events as text: time, rank of the type, event id.
"""
