"""Signs by which a column shows what it is: words in its name and label, and the shape of its values.

Every rule looks at one column and returns signs; none decides, and no sign holds a value. Words are data
(`lexicon.toml`), in English, French, Spanish and Arabic.
"""
