print('519 cycles')
