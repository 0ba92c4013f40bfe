/* Asks one thing over and over on many connections, and says how often and how quickly it was
 * answered: wrk speaks TCP only, and avowd listens on a UNIX socket.
 *
 *     http-load unix:PATH|PORT CONNECTIONS SECONDS TARGET [BODY [TOKEN]]
 *
 * Prints: requests a second, then microseconds that 50 %, 99 % and 99.9 % took at most, and the
 * worst; then how many answers were not 200. In BODY each '#' becomes a number that changes. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER = 65536, REQUEST = 8192, BUCKETS = 1000000, EVENTS = 64 };

struct client {
    int file;
    uint64_t asked; /* nanoseconds */
    size_t length;
    char answer[ANSWER];
};

struct load {
    const char *target, *body, *token;
    uint64_t answers, other, serial;
    uint32_t *bucket; /* of microseconds */
};

static uint64_t
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static _Noreturn void
give_up(const char *what)
{
    perror(what);
    exit(2);
}

static int
connect_to(const char *place)
{
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int local = strncmp(place, "unix:", 5) == 0;
    int file = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    snprintf(path.sun_path, sizeof path.sun_path, "%s", local ? place + 5 : "");
    port.sin_port = htons((uint16_t)atoi(place));
    if (file < 0 || connect(file, local ? (struct sockaddr *)&path : (struct sockaddr *)&port,
                            local ? sizeof path : sizeof port) != 0)
        give_up(place);
    return file;
}

/* The body with its numbers. */
static size_t
fill(struct load *load, char *out, size_t room)
{
    size_t length = 0;
    for (const char *at = load->body; *at && length + 24 < room; at++) {
        if (*at == '#')
            length += (size_t)sprintf(out + length, "%u",
                                      (unsigned)(load->serial * 2654435761u % 1000000));
        else
            out[length++] = *at;
    }
    out[length] = '\0';
    load->serial++;
    return length;
}

static void
ask(struct load *load, struct client *client)
{
    char request[REQUEST], body[REQUEST / 2];
    size_t size = load->body ? fill(load, body, sizeof body) : 0;
    int length = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n",
                          load->body ? "POST" : "GET", load->target);
    if (load->token)
        length += sprintf(request + length, "Authorization: Bearer %s\r\n", load->token);
    if (load->body)
        length +=
            sprintf(request + length,
                    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", size, body);
    else
        length += sprintf(request + length, "\r\n");
    client->length = 0;
    client->asked = now();
    if (write(client->file, request, (size_t)length) != length)
        give_up("write");
}

/* Whether an answer is there, whole. */
static int
is_whole(const struct client *client)
{
    const char *end = memmem(client->answer, client->length, "\r\n\r\n", 4);
    const char *size =
        end ? memmem(client->answer, (size_t)(end - client->answer) + 2, "Content-Length: ", 16)
            : NULL;
    return size &&
           (size_t)(end + 4 - client->answer) + strtoul(size + 16, NULL, 10) <= client->length;
}

static void
hear(struct load *load, struct client *client)
{
    ssize_t got = read(client->file, client->answer + client->length,
                       sizeof client->answer - client->length - 1);
    if (got <= 0)
        give_up("read");
    client->length += (size_t)got;
    client->answer[client->length] = '\0';
    if (!is_whole(client))
        return;
    uint64_t took = (now() - client->asked) / 1000;
    load->answers++;
    load->other += strncmp(client->answer + 9, "200", 3) != 0;
    load->bucket[took < BUCKETS ? took : BUCKETS - 1]++;
    ask(load, client);
}

static uint32_t
percentile(const struct load *load, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)load->answers), sum = 0;
    for (uint32_t i = 0; i < BUCKETS; i++) {
        sum += load->bucket[i];
        if (sum >= wanted && sum > 0)
            return i;
    }
    return BUCKETS;
}

static void
run(struct load *load, const char *place, size_t count, double seconds)
{
    int wait = epoll_create1(0);
    struct client *clients = calloc(count, sizeof *clients);
    if (!clients || wait < 0)
        give_up("memory");
    for (size_t i = 0; i < count; i++) {
        clients[i].file = connect_to(place);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        epoll_ctl(wait, EPOLL_CTL_ADD, clients[i].file, &event);
        ask(load, &clients[i]);
    }
    uint64_t began = now(), end = began + (uint64_t)(seconds * 1e9);
    while (now() < end) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(wait, events, EVENTS, 100);
        for (int i = 0; i < ready; i++)
            hear(load, events[i].data.ptr);
    }
    printf("%.0f %u %u %u %u %llu\n", (double)load->answers / ((double)(now() - began) / 1e9),
           percentile(load, 0.5), percentile(load, 0.99), percentile(load, 0.999),
           percentile(load, 1), (unsigned long long)load->other);
    for (size_t i = 0; i < count; i++)
        close(clients[i].file);
    close(wait);
    free(clients);
}

int
main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    struct load load = {.target = argv[4],
                        .body = argc > 5 ? argv[5] : NULL,
                        .token = argc > 6 ? argv[6] : NULL,
                        .bucket = calloc(BUCKETS, sizeof(uint32_t))};
    if (!load.bucket)
        return 2;
    run(&load, argv[1], (size_t)atoi(argv[2]), atof(argv[3]));
    free(load.bucket);
    return 0;
}
