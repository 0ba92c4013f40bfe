/* What avowd is measured against: the same HTTP library, as it is set up there, that reads a body
 * and answers with a constant; with a database, after one SELECT by primary key.
 *
 *     http-constant PATH BYTES [DATABASE]
 *
 * Listens on a UNIX socket until its standard input ends. */
#include <microhttpd.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { THREADS = 2, CONNECTIONS = 1000, MEMORY = 32768, SECONDS = 60 };

struct constant {
    char *text;
    size_t length;
    const char *database;
    pthread_key_t own; /* each thread's statement */
};

/* A connection and a statement of the thread's own, which is how SQLite is quickest. */
static sqlite3_stmt *
statement_of(struct constant *constant)
{
    sqlite3_stmt *statement = pthread_getspecific(constant->own);
    sqlite3 *database;
    if (statement)
        return statement;
    if (sqlite3_open_v2(constant->database, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(database, "SELECT value FROM t WHERE key = ?", -1, &statement, NULL) !=
            SQLITE_OK)
        exit(3);
    pthread_setspecific(constant->own, statement);
    return statement;
}

static void
look_up(struct constant *constant, const char *body, size_t size)
{
    sqlite3_stmt *statement = statement_of(constant);
    const char *digits = memchr(body, 'x', size);
    sqlite3_bind_int64(statement, 1, digits ? atoll(digits + 1) : 0);
    sqlite3_step(statement);
    sqlite3_reset(statement);
}

static enum MHD_Result
answer(void *context, struct MHD_Connection *connection, const char *path, const char *method,
       const char *version, const char *bytes, size_t *size, void **state)
{
    static int seen;
    struct constant *constant = context;
    (void)path;
    (void)method;
    (void)version;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    if (*size) {
        if (constant->database)
            look_up(constant, bytes, *size);
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(constant->length, constant->text, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

int
main(int argc, char **argv)
{
    struct constant constant = {.database = argc > 3 ? argv[3] : NULL};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (argc < 3)
        return 2;
    constant.length = strtoul(argv[2], NULL, 10);
    constant.text = malloc(constant.length + 1);
    if (!constant.text)
        return 2;
    memset(constant.text, 'x', constant.length);
    pthread_key_create(&constant.own, NULL);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
    unlink(argv[1]);
    if (bind(file, (struct sockaddr *)&address, sizeof address) != 0 || listen(file, 512) != 0)
        return 3;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, &constant, MHD_OPTION_LISTEN_SOCKET,
        file, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS, MHD_OPTION_END);
    if (!daemon)
        return 3;
    while (getchar() != EOF) {
    }
    MHD_stop_daemon(daemon);
    free(constant.text);
    return 0;
}
