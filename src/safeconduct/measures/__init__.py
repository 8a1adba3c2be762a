"""Numbers about a table, each with unit, range and direction: risk and loss.

Pure: a table and a design in, numbers out; no clock, randomness or file. Imports only `model`. A report's `repr` shows
no number, since what it counts is not released; `telling` puts it into words for insiders. A missing key value is a
wildcard: whoever looks for somebody cannot tell that record from any that agrees in the rest.
"""
