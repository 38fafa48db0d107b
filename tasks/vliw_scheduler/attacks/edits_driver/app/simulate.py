print("total 0")
