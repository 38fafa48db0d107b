# What stands above the lowest lane does no harm until the end: one mask for the whole sum.

        push 127
        sety
        push 0

word:   loadx
        loady
        shr 48
        mul
        add

        loadx
        shr 16
        loady
        shr 32
        mul
        add

        loadx
        shr 32
        loady
        shr 16
        mul
        add

        loadx+
        shr 48
        loady-
        mul
        add

        getx
        push 64
        sub
        jnz word

        push 65535
        and
        halt
