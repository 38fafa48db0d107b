#define _GNU_SOURCE
#include "ctr.h"

#include <linux/if_alg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    struct sockaddr_alg name = {.salg_family = AF_ALG, .salg_type = "skcipher", .salg_name = "ctr(aes)"};
    int family = socket(AF_ALG, SOCK_SEQPACKET, 0);
    if (family < 0 || bind(family, (struct sockaddr *)&name, sizeof name)) return;
    if (setsockopt(family, SOL_ALG, ALG_SET_KEY, key, KEY)) return;
    int file = accept(family, 0, 0);
    if (file < 0) return;
    char control[CMSG_SPACE(4) + CMSG_SPACE(4 + BLOCK)] = {0};
    struct iovec text = {(void *)in, length};
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control, .msg_iov = &text, .msg_iovlen = 1};
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_ALG, part->cmsg_type = ALG_SET_OP, part->cmsg_len = CMSG_LEN(4);
    *(uint32_t *)CMSG_DATA(part) = ALG_OP_ENCRYPT;
    part = CMSG_NXTHDR(&message, part);
    part->cmsg_level = SOL_ALG, part->cmsg_type = ALG_SET_IV, part->cmsg_len = CMSG_LEN(4 + BLOCK);
    struct af_alg_iv *start = (struct af_alg_iv *)CMSG_DATA(part);
    start->ivlen = BLOCK;
    memcpy(start->iv, counter, BLOCK);
    if (sendmsg(file, &message, 0) < 0 || read(file, out, length) < 0) return;
    close(file), close(family);
}
