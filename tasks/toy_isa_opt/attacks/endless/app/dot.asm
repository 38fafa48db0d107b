here: jump here
