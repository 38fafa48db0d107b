# One multiplication for four elements: the highest lane of a product is the sum of four products.

        push 127
        sety
        push 0

word:   loadx+
        loady-
        mul
        add

        getx
        push 64
        sub
        jnz word

        shr 48
        dup
        halt
