"""Numbers about a table, each with unit, range and direction: risk and utility.

Pure. Nothing is here yet; the first measures come with microdata.
"""
