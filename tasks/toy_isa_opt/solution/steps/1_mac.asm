# One pointer for both vectors, product and sum in one instruction.
        li   r2, 512
loop:   ld   r4, r1, 0
        ld   r5, r1, 512
        mac  r0, r4, r5
        addi r1, r1, 1
        blt  r1, r2, loop
        halt
