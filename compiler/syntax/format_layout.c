/* Words into lines: breaks, comments in between, columns. */
#include "compiler/base/utf8.h"
#include "compiler/syntax/format_internal.h"
#include "grammar/policy.tab.h"

void
layout_put(struct layout *layout, struct text text)
{
    layout->column += utf8_width(text);
    if (layout->out)
        buffer_add(layout->out, text);
}

void
layout_blanks(struct layout *layout, size_t count)
{
    layout->column += count;
    if (layout->out)
        buffer_fill(layout->out, ' ', count);
}

void
layout_line(struct layout *layout)
{
    layout->column = 0;
    layout->lines++;
    if (layout->out)
        buffer_add(layout->out, layout->newline);
}

static void
begin_line(struct layout *layout, size_t hang)
{
    layout_line(layout);
    layout_blanks(layout, hang);
}

size_t
layout_phrase(const struct word *words, size_t count)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (words[i].begins_phrase || words[i].comment_count > 0))
            break;
        width += (i > 0) + utf8_width(words[i].text) + (words[i].mark != '\0');
    }
    return width;
}

static size_t
word_width(const struct word *word)
{
    return utf8_width(word->text) + (word->mark != '\0');
}

/* Comments between two words stay where they are; a line ends with each. */
static void
put_comments(struct layout *layout, const struct word *word, size_t hang)
{
    const struct comment *comments = layout->parts->comments.at + word->comment;
    for (uint32_t i = 0; i < word->comment_count; i++) {
        if (i > 0 || comments[i].own_line)
            begin_line(layout, hang);
        else
            layout_blanks(layout, 2);
        layout_put(layout, comments[i].text);
    }
    begin_line(layout, hang);
}

static void
put_word(struct layout *layout, const struct word *word)
{
    layout_put(layout, word->text);
    if (word->mark)
        layout_put(layout, (struct text){&word->mark, 1});
}

/* Columns that the beginning of a long phrase needs: two words, and quoted ones behind them. */
static size_t
head_width(const struct word *words, size_t count)
{
    size_t head = 2;
    while (head < count && words[head].kind == TOKEN_STRING)
        head++;
    return layout_phrase(words, head < count ? head : count);
}

/* Whether a line has to end before a word that follows after some blanks. A phrase that is too long
 * for any line begins where it is, if its beginning fits; quoted words follow whatever introduces
 * them. */
static bool
breaks(const struct layout *layout, size_t blanks, const struct word *words, size_t count,
       size_t hang)
{
    size_t from = layout->column + blanks, most = FORMAT_COLUMNS - hang;
    size_t left = from < FORMAT_COLUMNS ? FORMAT_COLUMNS - from : 0;
    if (words[0].kind == TOKEN_STRING)
        return false;
    if (words[0].begins_phrase) {
        size_t phrase = layout_phrase(words, count);
        return (phrase > most ? head_width(words, count) : phrase) > left;
    }
    return word_width(&words[0]) > left && word_width(&words[0]) <= most;
}

static void
part_words(struct layout *layout, const struct word *words, size_t count, size_t hang, size_t lines)
{
    size_t blanks = words[0].gap > 1 ? words[0].gap : 1;
    if (layout->lines == lines && words[0].column > layout->column + blanks)
        blanks = words[0].column - layout->column;
    if (breaks(layout, blanks, words, count, hang))
        begin_line(layout, hang);
    else
        layout_blanks(layout, blanks);
}

void
layout_words(struct layout *layout, const struct item *item, size_t hang)
{
    const struct word *words = layout->parts->words.at + item->word;
    size_t lines = layout->lines;
    bool breakable = item->form != ITEM_SECTION && item->form != ITEM_OPENING;
    for (size_t i = 0; i < item->word_count; i++) {
        if (i > 0 && words[i].comment_count > 0)
            put_comments(layout, &words[i], hang);
        else if (i > 0 && breakable)
            part_words(layout, &words[i], item->word_count - i, hang, lines);
        else if (i > 0)
            layout_blanks(layout, 1);
        put_word(layout, &words[i]);
    }
}
