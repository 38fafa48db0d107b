# Nine words a turn, seven turns, and one word after them.

        push 63
        setx
        push 64
        sety
        push 0

word:   loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
        loady+
        mul
        add

        loadx-
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
