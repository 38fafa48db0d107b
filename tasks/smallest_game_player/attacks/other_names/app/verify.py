def check(files, seed):
    return None
