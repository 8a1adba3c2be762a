"""What happens later: jobs, schedules, outbox.

Knows verbs by name, never by import.
"""
