li r0, 14400
halt
