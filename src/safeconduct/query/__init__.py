"""What may be asked.

`operations` is what engines know, a closed set; `kinds` is what people ask, an open one. No SQL and no data.
"""
