print('1 gates')
