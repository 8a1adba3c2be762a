"""DDI Codebook 2.5, there and back.

The tables of this package say which element holds what; `writing` and `reading` follow them, so that what one writes
the other reads. Statistics are written from a release and never read.
"""
