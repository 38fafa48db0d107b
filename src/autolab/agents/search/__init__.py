"""Search with ask and tell: strategies that choose what to change next, makers that change it, one driver for all of them."""
