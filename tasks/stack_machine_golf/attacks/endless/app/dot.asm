here:   jump here
