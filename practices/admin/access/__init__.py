"""Who gets in and what each may do there: rights by role, accounts, second factors."""
