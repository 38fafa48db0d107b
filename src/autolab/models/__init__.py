"""Language models: one Protocol, the providers behind it, prices, and the gateway that meters other programs' traffic."""
