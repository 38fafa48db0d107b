here:   call here
