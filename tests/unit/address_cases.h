/* Addresses, and their forms or what is wrong with them. */
#ifndef AVOW_TEST_ADDRESS_CASES_H
#define AVOW_TEST_ADDRESS_CASES_H

#include <stddef.h>

/* exact is NULL where it is the wide form. */
static const struct {
    const char *given, *wide, *exact;
} right_addresses[] = {
    {"joe@shop.example", "joe@shop.example", NULL},
    {"Joe@SHOP.Example", "joe@shop.example", "Joe@shop.example"},
    {"joe@SHOP.Example", "joe@shop.example", NULL},
    {"joe@x", "joe@x", NULL},
    {"joe@x.", "joe@x", NULL},
    {"J.o.e+tag@x.example.", "j.o.e+tag@x.example", "J.o.e+tag@x.example"},
    {"!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~@x", NULL},
    {"joe@a_b.r3---sn.0x.example", "joe@a_b.r3---sn.0x.example", NULL},
    {"joe@123.example", "joe@123.example", NULL},
    {"joe@x.1e", "joe@x.1e", NULL},
    /* Quotes that change nothing, and quotes that do. */
    {"\"joe\"@x", "joe@x", NULL},
    {"\"j\\oe\"@x", "joe@x", NULL},
    {"\"Joe.Doe\"@X", "joe.doe@x", "Joe.Doe@x"},
    {"\"a b\"@x", "\"a b\"@x", NULL},
    {"\"A\\ B\"@x", "\"a b\"@x", "\"A B\"@x"},
    {"\"a@b\"@x", "\"a@b\"@x", NULL},
    {"\"a\\\"b\\\\c\"@x", "\"a\\\"b\\\\c\"@x", NULL},
    {"\"<a>,(b)\"@x", "\"<a>,(b)\"@x", NULL},
    /* Dots where RFC 5321 has none without quotes, which some providers give out. */
    {"\"a..b\"@x", "\"a..b\"@x", NULL},
    {"a..b@x", "\"a..b\"@x", NULL},
    {".a@x", "\".a\"@x", NULL},
    {"A.@x", "\"a.\"@x", "\"A.\"@x"},
    /* Full case folding, without a locale. */
    {"Stra\u00DFe@x", "strasse@x", "Stra\u00DFe@x"},
    {"STRASSE@x", "strasse@x", "STRASSE@x"},
    {"STRA\u1E9EE@x", "strasse@x", "STRA\u1E9EE@x"},
    {"\u0130@x", "i\u0307@x", "\u0130@x"},
    {"\u0131I@x", "\u0131i@x", "\u0131I@x"},
    {"\u03A3\u038A\u03A3\u03A5\u03A6\u039F\u03A3@x", "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3@x",
     "\u03A3\u038A\u03A3\u03A5\u03A6\u039F\u03A3@x"},
    {"\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2@x", "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3@x",
     "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2@x"},
    {"\uFF2A\uFF4F\uFF45@x", "\uFF4A\uFF4F\uFF45@x", "\uFF2A\uFF4F\uFF45@x"},
    {"\u13A0\uAB70@x", "\u13A0\u13A0@x", "\u13A0\uAB70@x"},
    {"\u01C4@x", "\u01C6@x", "\u01C4@x"},
    {"\u212A@x", "k@x", "K@x"}, /* NFC of the kelvin sign is the letter */
    {"\u017F@x", "s@x", "\u017F@x"},
    /* Normal form. */
    {"Jose\u0301@x", "jos\u00E9@x", "Jos\u00E9@x"},
    {"jose\u0301@x", "jos\u00E9@x", NULL},
    {"a\u0323\u0302@x", "\u1EAD@x", NULL},
    {"a\u0302\u0323@x", "\u1EAD@x", NULL},
    {"\u1FB3\u0301@x", "\u03AC\u03B9@x", "\u1FB4@x"},
    {"\u1FBC@x", "\u03B1\u03B9@x", "\u1FBC@x"},
    {"\u037E@x", "\";\"@x", NULL}, /* a Greek question mark is a semicolon */
    {"\u200Cnim\u200D@x", "\u200Cnim\u200D@x", NULL},
    /* Internationalized mail as it is. */
    {"\u7528\u6237@\u4F8B\u5B50.\u5E7F\u544A", "\u7528\u6237@xn--fsqu00a.xn--4rr70v", NULL},
    {"\u0938\u0902\u092A\u0930\u094D\u0915@\u0921\u093E\u091F\u093E\u092E\u0947\u0932.\u092D\u093E"
     "\u0930\u0924",
     "\u0938\u0902\u092A\u0930\u094D\u0915@xn--c2bd4bq1db8d.xn--h2brj9c", NULL},
    /* Domains. */
    {"joe@b\u00FCcher.example", "joe@xn--bcher-kva.example", NULL},
    {"joe@bu\u0308cher.example", "joe@xn--bcher-kva.example", NULL},
    {"joe@B\u00DCCHER.example", "joe@xn--bcher-kva.example", NULL},
    {"joe@xn--bcher-kva.example", "joe@xn--bcher-kva.example", NULL},
    {"Joe@XN--BCHER-KVA.example", "joe@xn--bcher-kva.example", "Joe@xn--bcher-kva.example"},
    {"joe@fa\u00DF.de", "joe@xn--fa-hia.de", NULL},
    {"joe@FA\u1E9E.de", "joe@xn--fa-hia.de", NULL},
    {"joe@fass.de", "joe@fass.de", NULL},
    {"joe@\u03B2\u03CC\u03BB\u03BF\u03C2.gr", "joe@xn--nxasmm1c.gr", NULL},
    {"joe@\u0392\u038C\u039B\u039F\u03A3.gr", "joe@xn--nxasmq6b.gr", NULL},
    {"joe@shop\u3002example", "joe@shop.example", NULL},
    {"joe@shop\uFF0Eexample\uFF61", "joe@shop.example", NULL},
    {"joe@\uFF33\uFF48op.example", "joe@shop.example", NULL},
    {"joe@r3---sn.b\u00FCcher.example", "joe@r3---sn.xn--bcher-kva.example", NULL},
    {"joe@\u05D0.example", "joe@xn--4db.example", NULL},
    /* Literals. */
    {"joe@[192.0.2.1]", "joe@[192.0.2.1]", NULL},
    {"Joe@[IPV6:2001:DB8:0:0::1]", "joe@[IPv6:2001:db8::1]", "Joe@[IPv6:2001:db8::1]"},
    {"joe@[2001:db8::1]", "joe@[IPv6:2001:db8::1]", NULL},
    {"joe@[IPv6:::ffff:192.0.2.1]", "joe@[IPv6:::ffff:192.0.2.1]", NULL},
};

#define CHECK_DOMAIN "Check the part after \"@\"."
#define GIVE_WHOLE "Give it whole, as in joe@shop.example."
#define NO_CHARACTER "The address's domain has a character that no domain can have. " CHECK_DOMAIN
#define NO_NAME                                                                                    \
    "A part of the address's domain begins with \"xn--\" but stands for no name. Check the part "  \
    "after \"@\", or write it in its own letters."
#define NO_HYPHEN "A part of the address's domain begins or ends with \"-\". " CHECK_DOMAIN
#define EMPTY_PART                                                                                 \
    "The address's domain has an empty part: two dots, or one at its beginning. " CHECK_DOMAIN
#define LONG_PART "A part of the address's domain is longer than 63 bytes. " CHECK_DOMAIN
#define NUMBER                                                                                     \
    "The address's domain ends in a number, which no domain does. Write an IP address in "         \
    "brackets, as in joe@[192.0.2.1]."
#define NO_LITERAL                                                                                 \
    "The address has brackets after its \"@\", but no IP address in them. Write it as in "         \
    "joe@[192.0.2.1] or joe@[IPv6:2001:db8::1]."
#define MIXED                                                                                      \
    "The address's domain mixes letters that run left and right in a way that no domain "          \
    "may. " CHECK_DOMAIN
#define SPACE(at)                                                                                  \
    "The address has a space at character " at ". Give the bare address, without a name and "      \
    "without spaces around it."
#define UNSEEN(what)                                                                               \
    "The address has a character before its \"@\" that cannot be seen (" what "). Write the "      \
    "address anew, without copying it."
#define LABEL_63 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc"

static const struct {
    const char *given, *error;
} wrong_addresses[] = {
    {"joe", "The address has no \"@\". " GIVE_WHOLE},
    {"@x", "The address has nothing before its \"@\". " GIVE_WHOLE},
    {"\"\"@x", "The address has nothing before its \"@\". " GIVE_WHOLE},
    {"joe@", "The address has nothing after its \"@\". " GIVE_WHOLE},
    {"\"joe\"", "The address has no \"@\". " GIVE_WHOLE},
    {"joe@x@y", "The address has a second \"@\" at character 6. Give one address at a time."},
    {"Joe <joe@x>", SPACE("4")},
    {"<joe@x>", "The address has \"<\" at character 1. Give the bare address, without a name and "
                "without \"<\" and \">\"."},
    {"joe@x>", "The address has \">\" at character 6. Give the bare address, without a name and "
               "without \"<\" and \">\"."},
    {"joe(work)@x", "The address has a remark in parentheses at character 4. Give the bare address "
                    "without it."},
    {"joe@(work)x", "The address has a remark in parentheses at character 5. Give the bare address "
                    "without it."},
    {"joe@x,ann@x", "The address has \",\" at character 6. Give one address at a time."},
    {"joe@x;", "The address has \";\" at character 6. Give one address at a time."},
    {"mailto:joe@x", "The address begins with \"mailto:\". Give the bare address without it."},
    {" joe@x", SPACE("1")},
    {"jos\u00E9@x ", SPACE("7")},
    {"joe@x\n", "The address has a control character at character 6. Write the address anew, "
                "without copying it."},
    {"\"a\tb\"@x", SPACE("3")},
    {"a:b@x", "The address has ':' at character 2, which no address has there. Check the address."},
    {"a\"b\"@x",
     "The address has '\"' at character 2, which no address has there. Check the address."},
    {"joe@x!y",
     "The address has '!' at character 6, which no address has there. Check the address."},
    {"\"joe@x", "The address begins with a quotation mark that is not closed. Close it before the "
                "\"@\", or take it away."},
    {"\"joe\\\"@x", "The address begins with a quotation mark that is not closed. Close it before "
                    "the \"@\", or take it away."},
    {"\"Joe\" joe@x", "The address has more between the closing quotation mark and its \"@\". Give "
                      "the bare address, without a name."},
    {"jo\xff@x",
     "The address is not in UTF-8 (byte 3). Save the list that it comes from as UTF-8."},
    {"\xc0\x80@x",
     "The address is not in UTF-8 (byte 1). Save the list that it comes from as UTF-8."},
    {"jo\xed\xa0\x80@x",
     "The address is not in UTF-8 (byte 3). Save the list that it comes from as UTF-8."},
    {"jo\u200Be@x", UNSEEN("U+200B")},
    {"jo\u00ADe@x", UNSEEN("U+00AD")},
    {"jo\u202Ee@x", UNSEEN("U+202E")},
    {"\uFEFFjoe@x", UNSEEN("U+FEFF")},
    {"joe\u00A0@x", UNSEEN("U+00A0")},
    {"joe\xC2\x85@x", UNSEEN("U+0085")},
    {"joe\u2028@x", UNSEEN("U+2028")},
    {"joe\u0378@x",
     "The address has a character before its \"@\" that this version of Unicode does "
     "not know (U+0378), so that its capitals are not known either. Check the "
     "address."},
    {"joe@.", EMPTY_PART},
    {"joe@.x", EMPTY_PART},
    {"joe@x..", EMPTY_PART},
    {"joe@a..b", EMPTY_PART},
    {"joe@a\u3002.b", EMPTY_PART},
    {"joe@-a.x", NO_HYPHEN},
    {"joe@a-.x", NO_HYPHEN},
    {"joe@\u00FC-.x", NO_HYPHEN},
    {"joe@" LABEL_63 "d.x", LONG_PART},
    {"joe@" LABEL_63 "\u00FC.x", LONG_PART},
    {"joe@192.0.2.1", NUMBER},
    {"joe@1", NUMBER},
    {"joe@x.123.", NUMBER},
    {"joe@[192.0.2]", NO_LITERAL},
    {"joe@[192.0.2.1", NO_LITERAL},
    {"joe@[]", NO_LITERAL},
    {"joe@[IPv6:192.0.2.1]", NO_LITERAL},
    {"joe@[IPv6:fe80::1%eth0]", NO_LITERAL},
    {"joe@[x400:c=de]", NO_LITERAL},
    {"joe@xn--a", NO_NAME},
    {"joe@xn--zzzzzzz99999", NO_NAME},
    {"joe@xn--.x", NO_HYPHEN},
    {"joe@xn--BCHER-\u00FC.x", NO_CHARACTER},
    {"joe@\u05D0"
     "1a.x",
     MIXED},
    {"joe@\u2100.x", NO_CHARACTER},
    {"joe@a\u200Db.x", NO_CHARACTER},
    {"joe@\u0378.x", NO_CHARACTER},
    {"joe@i\u2764.ws", NO_CHARACTER},
};

#endif
