# No test at all: the turns are calls. The first word starts the sum, so that no 0 is pushed.
# 1 + 5 x 12 + 3 words: the last call enters the body near its end.

        push 127
        sety

        loadx+
        loady-
        mul

        call few
        call all
        call all
        call all
        call all
        call all

        shr 48
        halt

all:    loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

few:    loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        ret
