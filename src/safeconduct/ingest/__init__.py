"""Files in.

Adapters read formats into declared schemas by named columns; checks return findings; pseudonyms are made before the
first write to the record store. Rejected rows go to encrypted quarantine, never to a log.
"""
