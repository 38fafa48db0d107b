# Each lane is cut out of the words by shifts and masks.

        push 127
        sety
        push 0

word:   loadx
        push 65535
        and
        loady
        shr 48
        mul
        add

        loadx
        shr 16
        push 65535
        and
        loady
        shr 32
        push 65535
        and
        mul
        add

        loadx
        shr 32
        push 65535
        and
        loady
        shr 16
        push 65535
        and
        mul
        add

        loadx+
        shr 48
        loady-
        push 65535
        and
        mul
        add

        getx
        push 64
        sub
        jnz word

        halt
