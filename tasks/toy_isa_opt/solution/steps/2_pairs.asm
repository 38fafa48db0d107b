# Two elements a load, two sums.
        li   r2, 512
loop:   ldp  r4, r1, 0
        ldp  r6, r1, 512
        mac  r0, r4, r6
        mac  r3, r5, r7
        addi r1, r1, 2
        blt  r1, r2, loop
        add  r0, r0, r3
        halt
