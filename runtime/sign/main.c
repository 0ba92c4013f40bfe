/* avow-sign: what `avow sign` runs. */
#include "runtime/sign/approval.h"
#include "runtime/sign/sign.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXIT_FINE = 0, EXIT_NO = 1, EXIT_USE = 2, FILES_MOST = 16 };

struct options {
    const char *new_key, *until, *comment;
    const char *keys[FILES_MOST], *trust[FILES_MOST];
    size_t key_count, trust_count;
    const char *approve, *approved; /* folders: what avow approve and avow compare ask for */
    struct approval approval;
    int verify, list, help;
    char **operands;
    int operand_count;
};

static const char usage[] =
    "Usage: avow sign --new-key=FILE [--until=DAY] [--comment=TEXT]\n"
    "       avow sign --key=FILE... ID.avow...\n"
    "       avow sign --verify --trust=FILE... ID.avow...\n"
    "       avow sign --list [--trust=FILE...] ID.avow\n"
    "Signs compiled policies, so that services obey only those that were approved. The signature\n"
    "becomes part of ID.avow; building it again makes one without.\n\n"
    "  --new-key=FILE    make a key: its secret in FILE, for whoever signs, and FILE.pub, a line "
    "of\n"
    "                    text that services trust\n"
    "  --until=DAY       last day on which the new key counts, as in 2027-12-31\n"
    "  --comment=TEXT    whose it is; it becomes a part of FILE.pub\n"
    "  --key=FILE        sign with this key, or with several; signatures of other keys stay\n"
    "  --verify          say whether it is whole, and signed with a key that is trusted\n"
    "  --trust=FILE      keys that are trusted: a line of each one's FILE.pub\n"
    "  --list            name the keys that have signed it\n"
    "  --help            this text\n\n"
    "To change keys: trust both, sign with both, then drop the old one's line.\n\n"
    "Exit status: 0 done, or signed with a trusted key; 1 it is not; 2 wrong use, or a file\n"
    "cannot be read or written.\n";

static const struct option long_options[] = {{"new-key", required_argument, NULL, 'n'},
                                             {"until", required_argument, NULL, 'u'},
                                             {"comment", required_argument, NULL, 'c'},
                                             {"key", required_argument, NULL, 'k'},
                                             {"trust", required_argument, NULL, 't'},
                                             {"verify", no_argument, NULL, 'v'},
                                             {"list", no_argument, NULL, 'l'},
                                             {"approve", required_argument, NULL, 'A'},
                                             {"approved", required_argument, NULL, 'a'},
                                             {"policy", required_argument, NULL, 'P'},
                                             {"change", required_argument, NULL, 'C'},
                                             {"by", required_argument, NULL, 'B'},
                                             {"says", required_argument, NULL, 'S'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static int __attribute__((format(printf, 1, 2))) wrong_use(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("avow sign: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\nTry 'avow sign --help'.\n", stderr);
    va_end(arguments);
    return EXIT_USE;
}

static int
failed(const avow_store_error *error)
{
    fprintf(stderr, "avow sign: %s\n", error->text);
    return error->code == AVOW_STORE_POLICY || error->code == AVOW_STORE_NOT_FOUND ? EXIT_NO
                                                                                   : EXIT_USE;
}

static int
make_key(const struct options *options)
{
    avow_store_error error = {0};
    char *public_path = NULL, line[SIGNATURE_LINE];
    if (options->operand_count > 0)
        return wrong_use("--new-key makes a key and signs nothing; sign then, with --key");
    avow_store_code code =
        key_make(options->new_key, options->until, options->comment, &public_path, line, &error);
    if (code == AVOW_STORE_OK)
        printf("%s is the secret: keep it where policies are approved, and a copy in a safe.\n"
               "%s is for services, which trust it:\n%s\n",
               options->new_key, public_path, line);
    free(public_path);
    return code == AVOW_STORE_OK ? EXIT_FINE : failed(&error);
}

static int
sign_all(const struct options *options, const struct secret *keys)
{
    avow_store_error error = {0};
    for (int i = 0; i < options->operand_count; i++)
        if (bundle_sign(options->operands[i], keys, options->key_count, &error) != AVOW_STORE_OK)
            return failed(&error);
    return EXIT_FINE;
}

static int
sign(const struct options *options)
{
    avow_store_error error = {0};
    struct secret keys[FILES_MOST];
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < options->key_count && code == AVOW_STORE_OK; i++)
        code = key_read(options->keys[i], &keys[i], &error);
    int status = code == AVOW_STORE_OK ? sign_all(options, keys) : failed(&error);
    sodium_memzero(keys, sizeof keys);
    return status;
}

/* The worst of all that are looked at. */
static int
look(const struct options *options)
{
    avow_store_error error = {0};
    struct trust trust = {0};
    int status = EXIT_FINE;
    if (options->trust_count > 0 &&
        trust_read(&trust, options->trust, options->trust_count, &error) != AVOW_STORE_OK)
        return failed(&error);
    const struct trust *known = options->trust_count > 0 ? &trust : NULL;
    for (int i = 0; i < options->operand_count; i++) {
        const char *path = options->operands[i];
        avow_store_code code = options->verify ? bundle_verify(path, known, time(NULL), &error)
                                               : bundle_list(path, known, time(NULL), &error);
        int one = code == AVOW_STORE_OK ? EXIT_FINE : failed(&error);
        status = one > status ? one : status;
    }
    trust_free(&trust);
    return status;
}

/* --approve=FOLDER --key=FILE --policy=ID --change=HASH --by=NAME --says=SENTENCE */
static int
approve(const struct options *options)
{
    avow_store_error error = {0};
    struct secret secret;
    const struct approval *approval = &options->approval;
    if (options->key_count != 1 || !approval->policy || !approval->change || !approval->by ||
        !approval->says)
        return wrong_use("'avow approve' makes approvals");
    avow_store_code code = key_read(options->keys[0], &secret, &error);
    if (code == AVOW_STORE_OK)
        code = approval_make(options->approve, approval, &secret, time(NULL), &error);
    key_forget(&secret);
    return code == AVOW_STORE_OK ? EXIT_FINE : failed(&error);
}

/* --approved=FOLDER --trust=FILE... */
static int
list_approved(const struct options *options)
{
    avow_store_error error = {0};
    struct trust trust = {0};
    if (trust_read(&trust, options->trust, options->trust_count, &error) != AVOW_STORE_OK)
        return failed(&error);
    avow_store_code code = approval_list(options->approved, &trust, time(NULL), &error);
    trust_free(&trust);
    return code == AVOW_STORE_OK ? EXIT_FINE : failed(&error);
}

static int
run(const struct options *options)
{
    if (options->approve)
        return approve(options);
    if (options->approved)
        return list_approved(options);
    int does =
        (options->new_key != NULL) + (options->key_count > 0) + options->verify + options->list;
    if (does != 1)
        return wrong_use("say one of --new-key, --key, --verify and --list");
    if (!options->new_key && (options->until || options->comment))
        return wrong_use("--until and --comment belong to --new-key");
    if (options->trust_count > 0 && !options->verify && !options->list)
        return wrong_use("--trust belongs to --verify and --list");
    if (options->new_key)
        return make_key(options);
    if (options->operand_count == 0)
        return wrong_use("no compiled policy given; 'avow build' makes ID.avow");
    if (options->key_count > 0)
        return sign(options);
    if (options->verify && options->trust_count == 0)
        return wrong_use("--verify needs the keys that are trusted: --trust=FILE.pub");
    if (options->list && options->operand_count > 1)
        return wrong_use("--list takes one compiled policy");
    return look(options);
}

static int
add_file(const char *name, const char **list, size_t *count)
{
    if (*count == FILES_MOST)
        return wrong_use("more than %d files of keys", FILES_MOST);
    list[(*count)++] = name;
    return EXIT_FINE;
}

static int
take(struct options *options, int letter)
{
    switch (letter) {
    case 'n':
        options->new_key = optarg;
        return EXIT_FINE;
    case 'u':
        options->until = optarg;
        return EXIT_FINE;
    case 'c':
        options->comment = optarg;
        return EXIT_FINE;
    case 'k':
        return add_file(optarg, options->keys, &options->key_count);
    case 't':
        return add_file(optarg, options->trust, &options->trust_count);
    case 'A':
        options->approve = optarg;
        return EXIT_FINE;
    case 'a':
        options->approved = optarg;
        return EXIT_FINE;
    case 'P':
        options->approval.policy = optarg;
        return EXIT_FINE;
    case 'C':
        options->approval.change = optarg;
        return EXIT_FINE;
    case 'B':
        options->approval.by = optarg;
        return EXIT_FINE;
    case 'S':
        options->approval.says = optarg;
        return EXIT_FINE;
    case 'v':
        options->verify = 1;
        return EXIT_FINE;
    case 'l':
        options->list = 1;
        return EXIT_FINE;
    default:
        options->help = 1;
        return EXIT_FINE;
    }
}

static int
parse(struct options *options, int argc, char **argv)
{
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, ":h", long_options, NULL)) != -1;) {
        if (letter == '?')
            return wrong_use("'%s' is no option here", argv[optind - 1]);
        if (letter == ':')
            return wrong_use("%s needs a value", argv[optind - 1]);
        int status = take(options, letter);
        if (status != EXIT_FINE)
            return status;
    }
    options->operands = argv + optind;
    options->operand_count = argc - optind;
    return EXIT_FINE;
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    /* A closed pipe is an error of writing, reported like any other. */
    signal(SIGPIPE, SIG_IGN);
    int status = parse(&options, argc, argv);
    if (status != EXIT_FINE)
        return status;
    if (sodium_init() < 0) {
        fputs("avow sign: libsodium does not start\n", stderr);
        return EXIT_USE;
    }
    if (options.help)
        fputs(usage, stdout);
    else
        status = run(&options);
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "avow sign: cannot write the output: %s\n", strerror(errno ? errno : EIO));
    return EXIT_USE;
}
