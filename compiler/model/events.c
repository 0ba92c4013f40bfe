#include "compiler/model/events.h"

static bool
names_change(const struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->at[i].text, TEXT(EVENT_CHANGE)))
            return true;
    return false;
}

static bool
sentence_uses_change(const struct sentence *sentence)
{
    bool tells = text_equal(sentence->act.verb.text, text_of(verb_forms[VERB_TELL].word));
    return names_change(&sentence->before) || names_change(&sentence->after) ||
           (tells && names_change(&sentence->act.targets));
}

bool
events_use_change(const struct tree *tree)
{
    for (size_t i = 0; i < tree->declarations.count; i++)
        if (names_change(&tree->declarations.at[i].after) ||
            names_change(&tree->declarations.at[i].until))
            return true;
    for (size_t i = 0; i < tree->clauses.count; i++)
        for (size_t k = 0; k < tree->clauses.at[i].sentence_count; k++)
            if (sentence_uses_change(&tree->clauses.at[i].sentences[k]))
                return true;
    return false;
}
