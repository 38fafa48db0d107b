# The same, two words a turn, the first vector downwards, so that X itself says when the end has come.
# The word after a loop of 63 would not fit into the program, so the loop takes all 64 and X runs to -1.

        push 63
        setx
        push 64
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

        loadx-
        shr 48
        loady+
        mul
        add

        loadx
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

        loadx-
        shr 48
        loady+
        mul
        add

        getx
        push 1
        add
        jnz word

        push 65535
        and
        halt
