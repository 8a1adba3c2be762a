"""Standards of case data as declarations, and what is made of them: one file a standard, everything else derived.

A declaration is data. Readers, checks, forms, workbooks, mappings and pages all read it, so that none says otherwise.
"""
