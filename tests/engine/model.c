#include "tests/engine/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
need(int count, int room)
{
    if (count >= room) {
        fprintf(stderr, "the model is full\n");
        exit(3);
    }
}

struct head
model_head(const struct model *model, uint32_t part)
{
    struct head head = {0};
    for (int i = 0; i < model->entries; i++) {
        const struct entry *entry = &model->entry[i].entry;
        if (entry->part == part && entry->sequence > head.sequence) {
            head.sequence = entry->sequence;
            memcpy(head.hash, entry->hash, HASH_BYTES);
        }
    }
    return head;
}

void
model_append(struct model *model, const struct entry *entry)
{
    need(model->entries, ENTRIES);
    struct model_entry *to = &model->entry[model->entries++];
    *to = (struct model_entry){.entry = *entry, .erased = !entry->salt};
    if (entry->salt) {
        memcpy(to->salt, entry->salt, SALT_BYTES);
        memcpy(to->body, entry->body, entry->length);
    }
}

static struct state_row *
find_state(struct model *model, const uint8_t *key, const uint8_t *exact, uint32_t term)
{
    for (int i = 0; i < model->states; i++) {
        struct model_state *at = &model->state[i];
        if (memcmp(at->key, key, KEY_BYTES) == 0 &&
            memcmp(at->row.exact, exact, EXACT_BYTES) == 0 && at->row.term == term)
            return &at->row;
    }
    return NULL;
}

void
model_move(struct model *model, const struct move *move)
{
    struct state_row *row = find_state(model, move->subject.key, move->subject.exact, move->term);
    if (!row) {
        need(model->states, MANY);
        struct model_state *to = &model->state[model->states++];
        memcpy(to->key, move->subject.key, KEY_BYTES);
        memcpy(to->row.exact, move->subject.exact, EXACT_BYTES);
        to->row.term = move->term;
        to->row.value = move->value;
        to->row.pending = move->pending;
        to->row.received = move->received;
        return;
    }
    row->pending += move->pending;
    if (move->by_clock) {
        row->value = move->value;
        row->received = move->received > row->received ? move->received : row->received + 1;
    } else if (move->received > row->received) {
        row->value = move->value;
        row->received = move->received;
    } else if (move->received == row->received && move->value != row->value) {
        row->value = VALUE_UNKNOWN;
    }
}

void
model_drop_state(struct model *model, const uint8_t *key, const struct state_row *row)
{
    struct state_row *at = find_state(model, key, row->exact, row->term);
    if (!at || at->value != row->value || at->received != row->received)
        return;
    struct model_state *whole = &model->state[0];
    while (&whole->row != at)
        whole++;
    *whole = model->state[--model->states];
}

void
model_settle(struct model *model, const uint8_t *key, const struct state_row *row, uint32_t less)
{
    struct state_row *at = find_state(model, key, row->exact, row->term);
    if (at)
        at->pending = at->pending > less ? at->pending - less : 0;
}

void
model_add_duty(struct model *model, const struct duty_row *row)
{
    need(model->duties, MANY);
    model->duty[model->duties++] = *row;
}

void
model_end_duty(struct model *model, const struct duty_row *row)
{
    for (int i = model->duties - 1; i >= 0; i--)
        if (memcmp(model->duty[i].subject.key, row->subject.key, KEY_BYTES) == 0 &&
            model->duty[i].sequence == row->sequence)
            model->duty[i] = model->duty[--model->duties];
}

static int
find_held(const struct model *model, const struct held_row *row)
{
    int i = 0;
    while (i < model->held &&
           (memcmp(model->held_row[i].row.subject.key, row->subject.key, KEY_BYTES) != 0 ||
            model->held_row[i].row.data != row->data))
        i++;
    return i;
}

void
model_put_held(struct model *model, const struct held_row *row)
{
    int i = find_held(model, row);
    if (i == model->held) {
        need(model->held, MANY);
        model->held++;
    }
    model->held_row[i].row = *row;
    snprintf(model->held_row[i].record, TEXT, "%s", row->record);
    snprintf(model->held_row[i].moments, TEXT, "%s", row->moments);
}

void
model_drop_held(struct model *model, const struct held_row *row)
{
    int i = find_held(model, row);
    if (i < model->held)
        model->held_row[i] = model->held_row[--model->held];
}

void
model_add_link(struct model *model, const struct link_row *row)
{
    for (int i = 0; i < model->links; i++)
        if (memcmp(model->link[i].subject.key, row->subject.key, KEY_BYTES) == 0 &&
            memcmp(model->link[i].other.key, row->other.key, KEY_BYTES) == 0 &&
            memcmp(model->link[i].other.exact, row->other.exact, EXACT_BYTES) == 0)
            return;
    need(model->links, MANY);
    model->link[model->links++] = *row;
}

void
model_drop_link(struct model *model, const struct link_row *row)
{
    for (int i = model->links - 1; i >= 0; i--)
        if (memcmp(model->link[i].subject.key, row->subject.key, KEY_BYTES) == 0 &&
            memcmp(model->link[i].other.key, row->other.key, KEY_BYTES) == 0)
            model->link[i] = model->link[--model->links];
}

void
model_erase(struct model *model, uint32_t part, uint64_t sequence)
{
    for (int i = 0; i < model->entries; i++)
        if (model->entry[i].entry.part == part && model->entry[i].entry.sequence == sequence)
            model->entry[i].erased = true;
}

void
model_add_term(struct model *model, const struct term *term)
{
    for (int i = 0; i < model->terms; i++)
        if (model->term[i].id == term->id)
            return;
    need(model->terms, MANY);
    model->term[model->terms] = *term;
    model->term[model->terms].mapped = false;
    model->term[model->terms++].now[0] = '\0';
}

void
model_map_term(struct model *model, const struct term *term)
{
    for (int i = 0; i < model->terms; i++)
        if (model->term[i].id == term->id) {
            model->term[i].mapped = term->mapped;
            memcpy(model->term[i].now, term->now, sizeof term->now);
        }
}

void
model_put_note(struct model *model, const char *name, const char *value)
{
    int i = 0;
    while (i < model->notes && strcmp(model->note[i].name, name) != 0)
        i++;
    if (i == model->notes) {
        need(model->notes, MANY);
        model->notes++;
    }
    snprintf(model->note[i].name, TEXT, "%s", name);
    snprintf(model->note[i].value, TEXT, "%s", value);
}

void
model_put_words(struct model *model, const uint8_t *hash, const char *words, size_t length)
{
    for (int i = 0; i < model->words; i++)
        if (memcmp(model->sentence[i].hash, hash, 16) == 0)
            return;
    need(model->words, MANY);
    struct model_words *to = &model->sentence[model->words++];
    memcpy(to->hash, hash, 16);
    memcpy(to->words, words, length);
    to->length = length;
}
