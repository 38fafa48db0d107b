exec /usr/bin/gcc -O1 -std=c11 -o solve main.c solve.c
