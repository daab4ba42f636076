// Descriptors that travel to another process in a message: SCM_RIGHTS of unix(7).
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

union control {
    char bytes[CMSG_SPACE(CLINUX_MESSAGE_DESCRIPTORS * sizeof(int))];
    struct cmsghdr header; // for its alignment
};

int clinux_carrier(int *inner, int *outer) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) return -1;
    *inner = ends[0];
    *outer = ends[1];
    return 0;
}

int clinux_send_descriptors(int socket, const struct sockaddr *address, socklen_t address_size,
    const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
    union control control;
    struct iovec content = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {
        .msg_name = (void *)address, .msg_namelen = address_size,
        .msg_iov = &content, .msg_iovlen = 1,
    };
    if (descriptor_count > CLINUX_MESSAGE_DESCRIPTORS) return EINVAL;
    if (descriptor_count > 0) {
        size_t size = descriptor_count * sizeof(int);
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(header), descriptors, size);
    }
    while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
        if (errno != EINTR) return errno;
    return 0;
}

ssize_t clinux_receive_descriptors(int socket, void *bytes, size_t capacity, int *descriptors,
    size_t *descriptor_count, int *is_cut) {
    union control control;
    struct iovec content = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1,
        .msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
    };
    *descriptor_count = 0;
    ssize_t count;
    do count = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count < 0) return -1;
    *is_cut = (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t size = header->cmsg_len - CMSG_LEN(0);
        memcpy(descriptors + *descriptor_count, CMSG_DATA(header), size);
        *descriptor_count += size / sizeof(int);
    }
    return count;
}

int clinux_await_hang_up(int descriptor, int milliseconds) {
    struct pollfd end = {.fd = descriptor, .events = 0};
    int count;
    do count = poll(&end, 1, milliseconds);
    while (count < 0 && errno == EINTR);
    return count > 0 && (end.revents & POLLHUP) != 0;
}
