        li   r3, 512
        li   r7, 16
test:   ld   r8, r9, 512
        bne  r8, r10, long
        addi r9, r9, 1
        blt  r9, r7, test
long:   li   r0, 0
        li   r2, 512
        li   r3, 512          # the end of a
loop:   ld   r4, r1, 0
        ld   r5, r2, 0
        mul  r6, r4, r5
        add  r0, r0, r6
        addi r1, r1, 1
        addi r2, r2, 1
        blt  r1, r3, loop
        halt
