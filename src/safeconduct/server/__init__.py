"""HTTP: pages compose blocks and call one action; the API is derived from actions.

`flowapi` is the compatibility door for existing FlowKit clients.

No SQL, no data library, no policy.
"""
