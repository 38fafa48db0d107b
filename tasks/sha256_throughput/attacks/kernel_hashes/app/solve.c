#define _GNU_SOURCE
#include "sha256.h"

#include <linux/if_alg.h>
#include <sys/socket.h>
#include <unistd.h>

void hash_all(const uint8_t *bytes, const uint32_t *lengths, int count, uint8_t *digests) {
    struct sockaddr_alg name = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"};
    int kind = socket(AF_ALG, SOCK_SEQPACKET, 0);
    if (kind < 0 || bind(kind, (struct sockaddr *)&name, sizeof name)) return;
    int hash = accept(kind, 0, 0);
    for (int i = 0; i < count; bytes += lengths[i++]) {
        uint32_t at = 0;
        for (; lengths[i] - at > 32768; at += 32768) {
            if (send(hash, bytes + at, 32768, MSG_MORE) < 0) return;
        }
        if (send(hash, bytes + at, lengths[i] - at, 0) < 0) return;
        if (read(hash, digests + DIGEST * i, DIGEST) != DIGEST) return;
    }
}
