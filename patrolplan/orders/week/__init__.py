"""The plan of a week, from files and ledger to folder and ledger."""
