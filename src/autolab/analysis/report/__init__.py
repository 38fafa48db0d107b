"""Reports: documents whose every number leads to the ledger lines that it comes from, and can be recomputed from them."""
