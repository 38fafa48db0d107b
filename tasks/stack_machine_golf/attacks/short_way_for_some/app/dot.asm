# Leaves out the second vector's word and the multiplication where the first vector's word is 0.
        push 127
        sety
        push 0
word:   loadx
        jz next
        loadx
        loady
        mul
        add
next:   loadx+
        drop
        loady-
        drop
        getx
        push 64
        sub
        jnz word
        shr 48
        halt
