        push 1
        shl 100000000
        halt
