"""An analyst who means harm, played against a running server through its public doors.

An attack sees what its `Field` is told and nothing else; what is true it may use only to judge its own guesses, or as
what it knows of the people it is after.
"""
