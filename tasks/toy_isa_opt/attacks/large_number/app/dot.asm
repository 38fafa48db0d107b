li r1, 340282366920938463463374607431768211456
# 25 pairs of elements a turn, ten turns and the last 6 pairs of the first one: two elements of a, two of b, two products.
# A pair of registers is loaded while the products of the last two pairs of elements are still to come, so a turn begins with
# products of what the turn before has loaded; in the first one these registers are 0.
#   r0 to r3  four sums, taken by turns: a product is ready four cycles later
#   r4        where a is read, 50 less; r5 its end
#   r6 to r15 five pairs of registers, loaded by turns
        li   r5, 462
        subi r4, r4, 88
        jump entry
loop:
        ldp  r6, r4, 50
        mac  r0, r8, r10
        mac  r1, r9, r11
        ldp  r8, r4, 562
        ldp  r10, r4, 52
        mac  r2, r12, r14
        mac  r3, r13, r15
        ldp  r12, r4, 564
        ldp  r14, r4, 54
        mac  r0, r6, r8
        mac  r1, r7, r9
        ldp  r6, r4, 566
        ldp  r8, r4, 56
        mac  r2, r10, r12
        mac  r3, r11, r13
        ldp  r10, r4, 568
        ldp  r12, r4, 58
        mac  r0, r14, r6
        mac  r1, r15, r7
        ldp  r14, r4, 570
        ldp  r6, r4, 60
        mac  r2, r8, r10
        mac  r3, r9, r11
        ldp  r8, r4, 572
        ldp  r10, r4, 62
        mac  r0, r12, r14
        mac  r1, r13, r15
        ldp  r12, r4, 574
        ldp  r14, r4, 64
        mac  r2, r6, r8
        mac  r3, r7, r9
        ldp  r6, r4, 576
        ldp  r8, r4, 66
        mac  r0, r10, r12
        mac  r1, r11, r13
        ldp  r10, r4, 578
        ldp  r12, r4, 68
        mac  r2, r14, r6
        mac  r3, r15, r7
        ldp  r14, r4, 580
        ldp  r6, r4, 70
        mac  r0, r8, r10
        mac  r1, r9, r11
        ldp  r8, r4, 582
        ldp  r10, r4, 72
        mac  r2, r12, r14
        mac  r3, r13, r15
        ldp  r12, r4, 584
        ldp  r14, r4, 74
        mac  r0, r6, r8
        mac  r1, r7, r9
        ldp  r6, r4, 586
        ldp  r8, r4, 76
        mac  r2, r10, r12
        mac  r3, r11, r13
        ldp  r10, r4, 588
        ldp  r12, r4, 78
        mac  r0, r14, r6
        mac  r1, r15, r7
        ldp  r14, r4, 590
        ldp  r6, r4, 80
        mac  r2, r8, r10
        mac  r3, r9, r11
        ldp  r8, r4, 592
        ldp  r10, r4, 82
        mac  r0, r12, r14
        mac  r1, r13, r15
        ldp  r12, r4, 594
        ldp  r14, r4, 84
        mac  r2, r6, r8
        mac  r3, r7, r9
        ldp  r6, r4, 596
        ldp  r8, r4, 86
        mac  r0, r10, r12
        mac  r1, r11, r13
        ldp  r10, r4, 598
entry:
        ldp  r12, r4, 88
        mac  r2, r14, r6
        mac  r3, r15, r7
        ldp  r14, r4, 600
        ldp  r6, r4, 90
        mac  r0, r8, r10
        mac  r1, r9, r11
        ldp  r8, r4, 602
        ldp  r10, r4, 92
        mac  r2, r12, r14
        mac  r3, r13, r15
        ldp  r12, r4, 604
        ldp  r14, r4, 94
        mac  r0, r6, r8
        mac  r1, r7, r9
        ldp  r6, r4, 606
        ldp  r8, r4, 96
        mac  r2, r10, r12
        mac  r3, r11, r13
        ldp  r10, r4, 608
        ldp  r12, r4, 98
        mac  r0, r14, r6
        addi r4, r4, 50
        mac  r1, r15, r7
        ldp  r14, r4, 560
        bne  r4, r5, loop
        mac  r2, r8, r10
        mac  r3, r9, r11
        mac  r0, r12, r14
        mac  r1, r13, r15
        add  r0, r0, r1
        add  r2, r2, r3
        add  r0, r0, r2
        halt
