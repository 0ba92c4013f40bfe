/* avowd receipt: what was recorded, for the person to keep; and whether such a document is genuine.
 */
#include "runtime/store/receipt.h"
#include "runtime/agent/words.h"
#include "runtime/store/fault.h"
#include "runtime/store/read.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { KEY };

static const struct flag flags[] = {
    {"key", "FILE|HEX",
     "of verify: the public key of who is said to have issued it,\n"
     "signing.pub of the folder of their keys, or its 64 digits"},
    {0},
};

/* A receipt has a few kilobytes; a key's file a line or two. */
enum { DOCUMENT_MOST = 4 << 20, KEY_FILE_MOST = 4096, KEY_DIGITS = 2 * SIGNING_PUBLIC_BYTES };

/* Issuing ------------------------------------------------------------------------------------ */

static int
issue(struct session *session)
{
    char *document;
    avow_store_error error = {0};
    if (avow_store_receipt(session->store, session->call->operands[0], &document, &error) !=
        AVOW_STORE_OK)
        return store_failed(session->call, &error);
    puts(document);
    avow_store_free(document);
    return EXIT_FINE;
}

/* Reading ------------------------------------------------------------------------------------ */

/* Reads a whole file of at most `most` bytes, "-" for standard input, and ends it with a NUL. The
 * caller frees *text. */
static avow_store_code
read_file(const char *path, size_t most, char **text, size_t *length, avow_store_error *error)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    *text = malloc(most + 2);
    avow_store_code code = AVOW_STORE_OK;
    if (!in) {
        code = fault(error, AVOW_STORE_IO, "%s cannot be read: %s.", path, strerror(errno));
    } else if (!*text) {
        code = fault_memory(error);
    } else {
        *length = fread(*text, 1, most + 1, in);
        (*text)[*length] = '\0';
        if (ferror(in))
            code = fault(error, AVOW_STORE_IO, "%s cannot be read: %s.", path, strerror(errno));
        else if (*length > most)
            code = fault(error, AVOW_STORE_INPUT, "%s is larger than what it should be.", path);
    }
    if (in && in != stdin)
        fclose(in);
    return code;
}

static bool
read_digits(const char *text, size_t length, uint8_t key[SIGNING_PUBLIC_BYTES])
{
    size_t read;
    return length == KEY_DIGITS &&
           sodium_hex2bin(key, SIGNING_PUBLIC_BYTES, text, length, NULL, &read, NULL) == 0 &&
           read == SIGNING_PUBLIC_BYTES;
}

/* The first line of a key's file that is no comment. The secret key is one of the same length, and
 * nothing that is to be given to a command. */
static bool
read_key_lines(const char *text, uint8_t key[SIGNING_PUBLIC_BYTES])
{
    if (*text == '#' && !strstr(text, "public part"))
        return false;
    while (*text == '#')
        text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
    size_t length = strcspn(text, "\r\n");
    return text[length + strspn(text + length, "\r\n")] == '\0' && read_digits(text, length, key);
}

static avow_store_code
read_key(const char *given, uint8_t key[SIGNING_PUBLIC_BYTES], avow_store_error *error)
{
    char *text;
    size_t length;
    if (read_digits(given, strlen(given), key))
        return AVOW_STORE_OK;
    avow_store_code code = read_file(given, KEY_FILE_MOST, &text, &length, error);
    if (code == AVOW_STORE_OK && (strlen(text) != length || !read_key_lines(text, key)))
        code = fault(error, AVOW_STORE_INPUT,
                     "%s is no public key. Give the file signing.pub of who issued the receipt, or "
                     "the 64 digits in it.",
                     given);
    free(text);
    return code;
}

/* Telling ------------------------------------------------------------------------------------ */

/* A line, if the document has such a member. */
static void
show_member(const char *name, const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    if (!text)
        return;
    printf("  %-10s ", name);
    words_show(text);
    putchar('\n');
}

static void
show_document(const json_t *root)
{
    const json_t *event = json_object_get(root, "event");
    const json_t *notice = json_object_get(root, "privacy_notice");
    show_member("event", event, "event_type");
    show_member("state", event, "event_state");
    show_member("received", event, "event_time");
    show_member("from", event, "source");
    show_member("evidence", event, "evidence");
    show_member("about", root, "pii_principal_id");
    show_member("policy", notice, "id");
    show_member("its hash", notice, "content_hash");
    show_member("clause", notice, "clause");
    show_member("sentence", notice, "statement");
    show_member("language", notice, "language");
}

static void
show_key(const uint8_t party[SIGNING_PUBLIC_BYTES], bool given)
{
    char digits[KEY_DIGITS + 1];
    printf("  %-10s %s\n", "key",
           sodium_bin2hex(digits, sizeof digits, party, SIGNING_PUBLIC_BYTES));
    puts(given ? "Name, event, sentence and place in the ledger belong together, and are signed by "
                 "the key that\nwas given."
               : "Name, event, sentence and place in the ledger belong together, and are signed by "
                 "the key that\nthe document itself names. So nothing in it was changed; who "
                 "issued it is not shown, for\nanybody can make a key. Give that of the issuer "
                 "with --key.");
}

static avow_store_code
tell(const char *text, size_t length, const struct receipt_verified *verified, bool given,
     avow_store_error *error)
{
    json_t *root = json_loadb(text, length, 0, NULL);
    if (!root)
        return fault_memory(error);
    printf("%s: %s\n", given ? "genuine" : "whole", verified->name);
    show_document(root);
    show_key(verified->party, given);
    json_decref(root);
    return AVOW_STORE_OK;
}

/* Without a store. */
static int
verify(const struct call *call)
{
    char *text = NULL;
    size_t length = 0;
    uint8_t key[SIGNING_PUBLIC_BYTES];
    bool given = call->flag[KEY] != NULL;
    struct receipt_verified verified;
    avow_store_error error = {0};
    avow_store_code code = keys_begin(&error);
    if (code == AVOW_STORE_OK && given)
        code = read_key(call->flag[KEY], key, &error);
    if (code == AVOW_STORE_OK)
        code = read_file(call->operands[1], DOCUMENT_MOST, &text, &length, &error);
    if (code == AVOW_STORE_OK)
        code = receipt_verify(text, length, given ? key : NULL, &verified, &error);
    if (code == AVOW_STORE_OK)
        code = tell(text, length, &verified, given, &error);
    free(text);
    if (code == AVOW_STORE_OK)
        return EXIT_FINE;
    int status = store_failed(call, &error);
    return code == AVOW_STORE_CORRUPT ? EXIT_NO : status;
}

static int
run(const struct call *call)
{
    bool verifies = strcmp(call->operands[0], "verify") == 0;
    if (verifies && call->operand_count == 2)
        return verify(call);
    if (verifies)
        return wrong_use(call, "which document? Give its file, or '-' for standard input");
    if (call->operand_count == 2)
        return wrong_use(call, "'RECEIPT' or 'verify FILE' is needed");
    if (call->flag[KEY])
        return wrong_use(call, "--key is about 'verify FILE'");
    return with_store(call, true, issue);
}

const struct command receipt_command = {
    .name = "receipt",
    .summary = "a receipt as a signed document, and whether one is genuine",
    .forms = "RECEIPT\nverify [--key=FILE|HEX] FILE",
    .about =
        "Prints the receipt with this name as a signed JSON document after ISO/IEC TS 27560, for\n"
        "the person to keep: event, time, policy, and the sentence that was in force.\n"
        "'verify' says whether such a document is what was issued, without the store; anybody can\n"
        "do it. Without --key only whether it is whole.\n",
    .examples =
        "  avowd --store=sqlite:consent.db --policy=shop.avow receipt r3-17-0123456789abcdef > "
        "joe.json\n"
        "  avowd receipt verify --key=consent.db.keys/signing.pub joe.json\n",
    .status =
        "Exit status: 0 it was printed, or is genuine (without --key: whole); 1 there is no such\n"
        "receipt, or the document was changed or signed by another key; 2 wrong use, or no\n"
        "receipt, or it cannot be read.\n",
    .flags = flags,
    .least = 1,
    .most = 2,
    .wanted = "the name of a receipt, or 'verify' and a file, are needed",
    .run = run,
};
