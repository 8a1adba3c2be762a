"""Formats of survey files, one module each.

A reader hands over whole tables as the file has them, with everything the file says of its columns; it decides no role
and drops no answer without a note. Types are decided over the whole file. No message quotes a cell.
"""
