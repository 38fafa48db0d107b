# Loads of later pairs between the products of earlier ones, five pairs of registers by turns; five pairs of elements a turn.
        li r5, 502
        subi r4, r4, 18
        jump entry
loop:
        ldp r6, r4, 10
        mac r0, r8, r10
        mac r1, r9, r11
        ldp r8, r4, 522
        ldp r10, r4, 12
        mac r2, r12, r14
        mac r3, r13, r15
        ldp r12, r4, 524
        ldp r14, r4, 14
        mac r0, r6, r8
        mac r1, r7, r9
        ldp r6, r4, 526
        ldp r8, r4, 16
        mac r2, r10, r12
        mac r3, r11, r13
        ldp r10, r4, 528
entry:
        ldp r12, r4, 18
        mac r0, r14, r6
        addi r4, r4, 10
        mac r1, r15, r7
        ldp r14, r4, 520
        bne r4, r5, loop
        mac r2, r8, r10
        mac r3, r9, r11
        mac r0, r12, r14
        mac r1, r13, r15
        add r0, r0, r1
        add r2, r2, r3
        add r0, r0, r2
        halt
