subi r1, r0, 1
ld r2, r1, 0
add r0, r0, r2
halt
