/* Numbers, dates and addresses in prose that were typed by hand instead of coming from a hole. */
#include "compiler/model/typed.h"
#include "compiler/base/utf8.h"
#include "compiler/model/locale.h"
#include "compiler/model/prose.h"

enum token_kind { TOKEN_NONE, TOKEN_NUMBER, TOKEN_WORD, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    bool spaced; /* something blank stands before it */
    size_t begin, end;
    uint32_t sign; /* of SIGN: the character */
};

enum { MEMORY = 12 }; /* tokens that can be looked back at */

struct match {
    enum finding finding;
    size_t begin, end;
};

struct search {
    const struct prose *prose;
    const struct locale *locale;
    struct text raw;
    size_t at;
    bool spaced;
    bool months_capital; /* the language writes months with a capital */
    struct token memory[MEMORY];
    size_t count;        /* tokens so far */
    struct match latest; /* not reported yet: what follows may belong to it */
    size_t mark;         /* index of the next mark */
};

/* The token so many places before the latest one (0); kind NONE if there is none. */
static const struct token *
back(const struct search *s, size_t places)
{
    static const struct token none = {0};
    if (places >= s->count || places >= MEMORY)
        return &none;
    return &s->memory[(s->count - 1 - places) % MEMORY];
}

static struct text
token_text(const struct search *s, const struct token *token)
{
    return (struct text){s->raw.data + token->begin, token->end - token->begin};
}

static bool
is_sign(const struct token *token, uint32_t sign)
{
    return token->kind == TOKEN_SIGN && token->sign == sign;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void
report_latest(struct search *s)
{
    if (s->latest.finding != FOUND_NOTHING)
        typed_number_report(s->prose, s->latest.finding, s->latest.begin, s->latest.end);
    s->latest.finding = FOUND_NOTHING;
}

/* One mistake, one message: what touches the latest finding ("1 March" and "2026") joins it. */
static void
found(struct search *s, enum finding finding, size_t begin, size_t end)
{
    if (s->latest.finding != FOUND_NOTHING && begin <= s->latest.end) {
        if (begin < s->latest.begin)
            s->latest.begin = begin;
        if (end > s->latest.end)
            s->latest.end = end;
        if (finding > s->latest.finding)
            s->latest.finding = finding;
        return;
    }
    report_latest(s);
    s->latest = (struct match){finding, begin, end};
}

/* Amounts ------------------------------------------------------------------------------------- */

/* Whether the tokens that end `places` back are a number; *begin then is where it begins. */
static bool
is_number_before(const struct search *s, size_t places, size_t *begin)
{
    const struct token *t = back(s, places);
    bool is_number = false;
    if (is_sign(t, ')') && back(s, places + 1)->kind == TOKEN_NUMBER &&
        is_sign(back(s, places + 2), '(') && back(s, places + 2)->spaced) {
        places += 3; /* "thirty (30) days" */
        t = back(s, places);
    }
    if (t->kind == TOKEN_NUMBER) {
        *begin = t->begin;
        return true;
    }
    while (t->kind == TOKEN_WORD && locale_is_number(s->locale, token_text(s, t))) {
        is_number = true;
        *begin = t->begin;
        places += is_sign(back(s, places + 1), '-') ? 2 : 1;
        t = back(s, places);
    }
    return is_number;
}

/* The latest token is a unit, currency or percent sign: is there a number before it? */
static void
look_for_amount(struct search *s)
{
    enum { ADJECTIVES_MAX = 2 };
    size_t places = 1, begin;
    for (int i = 0; i < ADJECTIVES_MAX; i++) {
        if (is_sign(back(s, places), '-'))
            places++;
        const struct token *t = back(s, places);
        if (t->kind != TOKEN_WORD || !locale_is_unit_adjective(s->locale, token_text(s, t)))
            break;
        places++;
    }
    if (is_sign(back(s, places), '-'))
        places++;
    bool time = locale_is_time(s->locale, token_text(s, back(s, 0)));
    if (is_number_before(s, places, &begin))
        found(s, time ? FOUND_TIME : FOUND_AMOUNT, begin, back(s, 0)->end);
}

/* Dollar, cent, pound, currency, yen, and the block of currency signs. */
static bool
is_currency_sign(uint32_t sign)
{
    return sign == '$' || (sign >= 0xA2 && sign <= 0xA5) || (sign >= 0x20A0 && sign <= 0x20CF);
}

static bool
is_capital(const struct search *s, const struct token *token)
{
    size_t at = 0;
    uint32_t c = utf8_next(token_text(s, token), &at);
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE);
}

static bool
is_month(const struct search *s, const struct token *token)
{
    return token->kind == TOKEN_WORD && locale_is_month(s->locale, token_text(s, token)) &&
           (!s->months_capital || is_capital(s, token));
}

static bool
is_ordinal_end(const struct search *s, const struct token *token)
{
    static const char *const ends[] = {"st", "nd", "rd", "th"};
    for (size_t i = 0; i < 4; i++)
        if (token->kind == TOKEN_WORD && !token->spaced &&
            text_equal_folded(token_text(s, token), text_of(ends[i])))
            return true;
    return false;
}

/* The latest token is a month: "1 March", "1st of March", "1. März". */
static void
look_for_day(struct search *s)
{
    size_t places = 1;
    const struct token *t = back(s, places);
    if (t->kind == TOKEN_WORD && text_equal_folded(token_text(s, t), TEXT("of")))
        t = back(s, ++places);
    if (is_ordinal_end(s, t) || is_sign(t, '.'))
        t = back(s, ++places);
    if (t->kind == TOKEN_NUMBER)
        found(s, FOUND_DATE, t->begin, back(s, 0)->end);
}

/* Addresses ----------------------------------------------------------------------------------- */

static bool
is_street(const struct search *s, const struct token *token)
{
    return token->kind == TOKEN_WORD && is_capital(s, token) &&
           locale_is_street(s->locale, token_text(s, token));
}

static bool
is_name(const struct search *s, const struct token *token)
{
    return token->kind == TOKEN_WORD && is_capital(s, token);
}

/* The latest token is a street: "12 Baker Street". */
static void
look_for_house_before(struct search *s)
{
    enum { NAMES_MAX = 3 };
    for (size_t places = 2; places <= NAMES_MAX + 2; places++) {
        if (!is_name(s, back(s, places - 1)))
            return;
        if (back(s, places)->kind == TOKEN_NUMBER) {
            found(s, FOUND_POSTAL, back(s, places)->begin, back(s, 0)->end);
            return;
        }
    }
}

/* The latest token is a number: "Hauptstraße 5", "Alte Gasse 5", "Hauptstr. 5". A street's word
 * alone ("Platz 3") is none. */
static void
look_for_house_behind(struct search *s)
{
    size_t places = is_sign(back(s, 1), '.') ? 2 : 1;
    const struct token *street = back(s, places);
    if (!is_street(s, street))
        return;
    const struct token *before = back(s, places + 1);
    bool compound = !locale_is_street_alone(s->locale, token_text(s, street));
    if (compound || (is_name(s, before) && street->spaced))
        found(s, FOUND_POSTAL, compound ? street->begin : before->begin, back(s, 0)->end);
}

/* The latest token is a name: ", 10115 Berlin" and ", CA 94107" before it. */
static void
look_for_postcode(struct search *s)
{
    const struct token *number = back(s, 1);
    if (number->kind == TOKEN_NUMBER && number->end - number->begin == 5 &&
        is_sign(back(s, 2), ','))
        found(s, FOUND_POSTAL, number->begin, back(s, 0)->end);
}

static bool
is_telephone_word(const struct search *s, const struct token *token)
{
    return token->kind == TOKEN_WORD && locale_is_telephone(s->locale, token_text(s, token));
}

/* Forms in digits ----------------------------------------------------------------------------- */

struct digits { /* groups of digits with one sign between each two */
    size_t begin, end;
    size_t groups, count;
    size_t lengths[4];
    char signs[3];
};

/* The groups from `at` on, parted by one of the signs; blanks count only if wanted. */
static struct digits
take_groups(struct text raw, size_t at, const char *signs)
{
    struct digits d = {.begin = at, .end = at};
    for (;;) {
        size_t begin = at;
        while (at < raw.length && is_digit(raw.data[at]) && at - begin < 32)
            at++;
        if (at == begin)
            return d;
        if (d.groups < 4)
            d.lengths[d.groups] = at - begin;
        d.groups++;
        d.count += at - begin;
        d.end = at;
        if (at == raw.length || !raw.data[at] || !strchr(signs, raw.data[at]) || d.groups == 8)
            return d;
        if (d.groups <= 3)
            d.signs[d.groups - 1] = raw.data[at];
        at++;
    }
}

static bool
is_date_form(const struct digits *d)
{
    if (d->groups != 3 || d->signs[0] != d->signs[1])
        return false;
    if (d->lengths[0] == 4)
        return d->signs[0] != '.' && d->lengths[1] <= 2 && d->lengths[2] <= 2;
    return d->lengths[0] <= 2 && d->lengths[1] <= 2 &&
           (d->lengths[2] == 4 || (d->lengths[2] == 2 && d->signs[0] == '/'));
}

static bool
is_time_form(struct text raw, const struct digits *d)
{
    int hour = 0;
    for (size_t i = 0; i < d->lengths[0] && i < 2; i++)
        hour = hour * 10 + (raw.data[d->begin + i] - '0');
    return d->groups == 2 && d->lengths[0] <= 2 && d->lengths[1] == 2 && hour <= 24 &&
           raw.data[d->end - 2] < '6';
}

/* A telephone number from `at` on: digits with blanks and the usual signs between; 0 if it is none,
 * else its end. */
static size_t
phone_end(struct text raw, size_t at, size_t fewest, size_t fewest_alone)
{
    size_t count = 0, end = at, gap = 0, groups = 0;
    bool inside = false;
    for (size_t i = at; i < raw.length && i < at + 40; i++) {
        char c = raw.data[i];
        if (is_digit(c)) {
            groups += !inside;
            inside = true;
            count++;
            end = i + 1;
            gap = 0;
        } else if (strchr(" ()/.-", c) && gap < 2) {
            inside = false;
            gap++;
        } else if (!(c == '+' && i == at)) {
            break;
        }
    }
    return count >= fewest && count <= 16 && (groups > 1 || count >= fewest_alone) ? end : 0;
}

/* What begins with a digit, "+" or "(" here and is known by its form alone. Moves on behind it. */
static bool
take_form(struct search *s)
{
    enum { PHONE_DIGITS = 7, ALONE_DIGITS = 9, ANNOUNCED_DIGITS = 5 };
    struct text raw = s->raw;
    struct digits date = take_groups(raw, s->at, "-/."), time = take_groups(raw, s->at, ":");
    struct digits dashes = take_groups(raw, s->at, "-. ");
    bool announced = is_telephone_word(s, back(s, 0)) ||
                     (back(s, 0)->kind == TOKEN_SIGN && is_telephone_word(s, back(s, 1)));
    bool american = dashes.groups == 3 && dashes.lengths[0] == 3 && dashes.lengths[1] == 3 &&
                    dashes.lengths[2] == 4 && dashes.signs[1] != ' ';
    size_t end = 0;
    enum finding finding = FOUND_DATE;
    if (is_date_form(&date)) {
        end = date.end;
    } else if (is_time_form(raw, &time)) {
        finding = FOUND_AMOUNT;
        end = time.end;
    } else if (american || announced || raw.data[s->at] == '0' || raw.data[s->at] == '+') {
        finding = FOUND_PHONE;
        end = announced ? phone_end(raw, s->at, ANNOUNCED_DIGITS, ANNOUNCED_DIGITS)
                        : phone_end(raw, s->at, PHONE_DIGITS, ALONE_DIGITS);
    }
    if (end == 0)
        return false;
    found(s, finding, s->at, end);
    s->at = end;
    return true;
}

static bool
is_mailbox_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           (c != '\0' && strchr("._%+-", c) != NULL);
}

/* The latest character is "@": an e-mail address around it? Moves on behind it. */
static bool
take_email(struct search *s)
{
    enum { LOCAL_MAX = 64, DOMAIN_MAX = 255 };
    struct text raw = s->raw;
    size_t begin = s->at, end = s->at + 1, dot = 0;
    while (begin > 0 && s->at - begin < LOCAL_MAX && is_mailbox_character(raw.data[begin - 1]))
        begin--;
    while (end < raw.length && end - s->at < DOMAIN_MAX && is_mailbox_character(raw.data[end])) {
        if (raw.data[end] == '.' && end + 2 < raw.length && is_mailbox_character(raw.data[end + 1]))
            dot = end;
        end++;
    }
    while (end > s->at + 1 && raw.data[end - 1] == '.')
        end--;
    if (begin == s->at || dot <= s->at + 1 || dot > end)
        return false;
    found(s, FOUND_EMAIL, begin, end);
    s->at = end;
    return true;
}

/* Tokens -------------------------------------------------------------------------------------- */

static bool
is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
           !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFDD0 && c <= 0xFDEF);
}

static bool
is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x202F ||
           (c >= 0x2000 && c <= 0x200A);
}

static void
remember(struct search *s, enum token_kind kind, size_t begin, uint32_t sign)
{
    s->memory[s->count++ % MEMORY] = (struct token){kind, s->spaced, begin, s->at, sign};
    s->spaced = false;
}

/* Nothing behind a break belongs to anything before it. */
static void
forget(struct search *s)
{
    s->count = 0;
    s->spaced = true;
}

/* The latest token is the year of "March 1, 2026". */
static bool
is_year_behind_date(const struct search *s)
{
    const struct token *year = back(s, 0), *comma = back(s, 1);
    return s->latest.finding == FOUND_DATE && is_sign(comma, ',') &&
           comma->begin == s->latest.end && year->end - year->begin == 4;
}

/* Digits, with signs between groups of them: 1,000 and 3.5 and 1.2.3. */
static void
take_number(struct search *s)
{
    size_t begin = s->at;
    while (s->at < s->raw.length) {
        bool joint = strchr(".,'", s->raw.data[s->at]) && s->at > begin &&
                     s->at + 1 < s->raw.length && is_digit(s->raw.data[s->at + 1]);
        if (!is_digit(s->raw.data[s->at]) && !joint)
            break;
        s->at++;
    }
    remember(s, TOKEN_NUMBER, begin, 0);
    const struct token *before = back(s, 1);
    if (before->kind == TOKEN_SIGN && is_currency_sign(before->sign))
        found(s, FOUND_AMOUNT, before->begin, s->at);
    else if (before->kind == TOKEN_WORD && locale_is_currency(s->locale, token_text(s, before)))
        found(s, FOUND_AMOUNT, before->begin, s->at);
    else if (is_month(s, before))
        found(s, FOUND_DATE, before->begin, s->at);
    else if (is_year_behind_date(s))
        s->latest.end = s->at;
    else
        look_for_house_behind(s);
}

static bool
is_url(struct text word)
{
    return text_starts(word, TEXT("http://")) || text_starts(word, TEXT("https://")) ||
           text_starts(word, TEXT("www."));
}

static void
skip_url(struct search *s)
{
    while (s->at < s->raw.length && !strchr(" \t\r\n)>{\"", s->raw.data[s->at]))
        s->at++;
    forget(s);
}

static void
judge_word(struct search *s)
{
    const struct token *token = back(s, 0);
    struct text word = token_text(s, token);
    if (locale_is_unit(s->locale, word) || locale_is_currency(s->locale, word))
        look_for_amount(s);
    if (is_month(s, token))
        look_for_day(s);
    if (is_street(s, token))
        look_for_house_before(s);
    if (is_capital(s, token))
        look_for_postcode(s);
}

static void
take_word(struct search *s)
{
    size_t begin = s->at, next = s->at;
    struct text rest = {s->raw.data + s->at, s->raw.length - s->at};
    if (is_url(rest)) {
        skip_url(s);
        return;
    }
    while (s->at < s->raw.length) {
        uint32_t c = utf8_next(s->raw, &next);
        if (!is_letter(c) && !(c < 0x80 && is_digit((char)c)))
            break;
        s->at = next;
    }
    remember(s, TOKEN_WORD, begin, 0);
    judge_word(s);
}

static void
take_sign(struct search *s, uint32_t c, size_t next)
{
    size_t begin = s->at;
    if (c == '@' && take_email(s)) {
        forget(s);
        return;
    }
    s->at = next;
    remember(s, TOKEN_SIGN, begin, c);
    if (c == '%' || c == 0x2030 || is_currency_sign(c))
        look_for_amount(s);
}

static bool
begins_form(const struct search *s, uint32_t c)
{
    const struct token *before = back(s, 0);
    bool behind_word = before->kind == TOKEN_WORD && !s->spaced && before->end == s->at;
    bool next_digit = s->at + 1 < s->raw.length && is_digit(s->raw.data[s->at + 1]);
    return !behind_word && ((c >= '0' && c <= '9') || (c == '+' && next_digit));
}

static void
take(struct search *s)
{
    size_t next = s->at;
    uint32_t c = utf8_next(s->raw, &next);
    if (is_blank(c)) {
        s->spaced = true;
        s->at = next;
    } else if (c == '*' || c == '_' || c == '`') {
        s->at = next; /* emphasis does not part what belongs together */
    } else if (begins_form(s, c) && take_form(s)) {
        forget(s);
    } else if (c < 0x80 && is_digit((char)c)) {
        take_number(s);
    } else if (is_letter(c)) {
        take_word(s);
    } else {
        take_sign(s, c, next);
    }
}

/* Text up to an offset that no token may cross. */
static void
search_until(struct search *s, size_t end)
{
    struct text whole = s->raw;
    s->raw.length = end;
    while (s->at < end)
        take(s);
    s->raw = whole;
    forget(s);
}

void
typed_numbers_find(const struct prose *prose)
{
    const struct locale *locale = prose->draft->model->locale;
    struct search s = {.prose = prose, .locale = locale, .raw = prose->raw, .spaced = true};
    s.months_capital = locale_has_capital_months(locale);
    for (size_t i = 0; i < prose->marks.count; i++) {
        const struct mark *mark = &prose->marks.at[i];
        if (mark->kind != MARK_HOLE)
            continue;
        search_until(&s, mark->begin);
        s.at = mark->words_begin;
        if (mark->words_end > mark->words_begin)
            search_until(&s, mark->words_end);
        s.at = mark->end;
    }
    search_until(&s, prose->raw.length);
    report_latest(&s);
}
