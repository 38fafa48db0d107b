# Four pairs of elements a turn: loads first, then products, four sums.
        li   r15, 512
loop:
        ldp  r4, r14, 0
        ldp  r6, r14, 512
        ldp  r8, r14, 2
        ldp  r10, r14, 514
        mac  r0, r4, r6
        mac  r1, r5, r7
        mac  r2, r8, r10
        mac  r3, r9, r11
        ldp  r4, r14, 4
        ldp  r6, r14, 516
        ldp  r8, r14, 6
        ldp  r10, r14, 518
        mac  r0, r4, r6
        mac  r1, r5, r7
        mac  r2, r8, r10
        mac  r3, r9, r11
        addi r14, r14, 8
        blt  r14, r15, loop
        add  r0, r0, r1
        add  r2, r2, r3
        add  r0, r0, r2
        halt
