        push 127 #   sety
# 64 words as 1 + 11 + 4 x 13, in exactly 64 instructions. A product of two whole words has the sum of their four
# products in its highest lane; nothing is carried into it, so the lanes below need no care until the end.

        push 127
        sety

        loadx+
        loady-
        mul

        call most
        call four

        shr 48
        halt

four:   call twice

twice:  call once

once:   loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

most:   loadx+
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

        loadx+
        loady-
        mul
        add

        loadx+
        loady-
        mul
        add

        ret
