"""What the world may see and ask for: descriptions, search, requests.

Holds only releases. Every number a page, a codebook or a standard's file tells of a study comes from a `FileRelease`
that the gate made; what an imported description counted is left behind on import. A withdrawn edition stays listed,
with its reason and without its content.
"""
