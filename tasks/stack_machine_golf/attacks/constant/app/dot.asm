push 57600
halt
