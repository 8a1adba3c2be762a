"""What the world may see and ask for: descriptions, search, requests.

Holds only releases. Nothing is here yet; the first studies come with microdata.
"""
