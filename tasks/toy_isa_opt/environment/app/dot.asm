# The dot product of a (512 words from address 0) and b (512 words from address 512), element by element.

        li   r0, 0            # the sum
        li   r1, 0            # where a is read
        li   r2, 512          # where b is read
        li   r3, 512          # the end of a
loop:   ld   r4, r1, 0
        ld   r5, r2, 0
        mul  r6, r4, r5
        add  r0, r0, r6
        addi r1, r1, 1
        addi r2, r2, 1
        blt  r1, r3, loop
        halt
