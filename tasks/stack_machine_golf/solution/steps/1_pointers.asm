# Pointers in the registers, the sum on the stack; the lanes move within the memory.

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
        storex
        loady
        shl 16
        storey
        loadx
        push 65535
        and
        loady
        shr 48
        mul
        add
        loadx
        shr 16
        storex
        loady
        shl 16
        storey
        loadx
        push 65535
        and
        loady
        shr 48
        mul
        add
        loadx
        shr 16
        storex
        loady
        shl 16
        storey
        loadx+
        push 65535
        and
        loady-
        shr 48
        mul
        add

        getx
        push 64
        sub
        jnz word

        halt
