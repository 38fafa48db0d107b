        swap
        halt
