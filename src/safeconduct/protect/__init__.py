"""Ways to make a table safer: frozen parameters and `apply(table, …, rng) -> Treated(table, file, account)`.

Pure: the same table, parameters and random generator give the same result. A method changes the columns it was given
and no other, keeps the order of the rows unless ordering is what it does, and takes an empty table as it takes any.
Its account holds counts and is for insiders; what it did in words that may be published stands on each variable.
Beside the methods stand what figures are protected with: noise from whole numbers, second figures to withhold, spans.
Imports only `model`, and `measures` for the counting that treatments and risks must agree on.
"""
