def count(files, seed): return 1
