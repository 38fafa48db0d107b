ld r0, r0, 1024
halt
