"""Alias rules: what makes two names one dataset, by an operator's word."""
