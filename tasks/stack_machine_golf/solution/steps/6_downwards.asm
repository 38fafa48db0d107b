# The first vector downwards: X is 0 once 63 words are done, and needs no comparison.

        push 63
        setx
        push 64
        sety
        push 0

word:   loadx-
        loady+
        mul
        add

        getx
        jnz word

        loadx-
        loady+
        mul
        add

        shr 48
        halt
