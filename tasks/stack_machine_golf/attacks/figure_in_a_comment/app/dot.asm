# executed: 1
# steps = 1, reward 1.0, score 99
# The dot product of two vectors of 256 elements, element by element. See instruction.md for what lies where.
#
# Variables in memory:
#   128  the word of the first vector, what is left of it     131  lanes left
#   129  the word of the second vector, what is left of it    132  address of the next word of the first vector
#   130  sum                                                  133  address of the next word of the second vector

        push 127            # the second vector is read from its end
        push 133
        setx
        storex

word:   push 128
        sety
        push 132            # next word of the first vector, then address + 1
        setx
        loadx
        dup
        push 1
        add
        storex
        setx
        loadx
        storey+
        push 133            # next word of the second vector, then address - 1
        setx
        loadx
        dup
        push 1
        sub
        storex
        setx
        loadx
        storey
        push 4
        push 131
        setx
        storex

lane:   push 128            # the lowest lane of the first word; the word moves down
        setx
        loadx
        push 65535
        and
        loadx
        shr 16
        storex+
        loadx               # the highest lane of the second word; the word moves up
        shr 48
        loadx
        shl 16
        storex+
        mul
        loadx               # sum + product
        add
        storex+
        loadx               # lanes left - 1
        push 1
        sub
        dup
        storex
        jnz lane

        push 132            # until the first vector's last word is done
        setx
        loadx
        push 64
        sub
        jnz word

        push 130
        setx
        loadx
        halt
