        loadx-
        loadx
        mul
        halt
