#include "runtime/store/snapshot.h"

#include <string.h>

/* The rows of one subject; more than these are left to the store itself. */
enum { GROUP_MOST = 256 };

struct walk {
    struct snapshot *snapshot;
    const struct terms *terms;
    bool settled;
    bool counting;  /* the first time through: how many slots there will be */
    uint64_t slots; /* counted, or added */
    bool failed;    /* the set was full: cannot be, see snapshot_make */
    /* The subject whose rows are being read. */
    uint8_t key[KEY_BYTES];
    struct state_row row[GROUP_MOST];
    size_t count;
    bool some, ask; /* there is a subject; it is left to the store */
    struct known known;
};

/* Answers ------------------------------------------------------------------------------------ */

static avow_store_reason
reason_of(const struct snapshot *snapshot, const avow_answer *answer,
          const avow_store_reason why[STATES_MAX])
{
    const avow_store *store = snapshot->store;
    for (uint32_t i = 0; i < store->state_count; i++)
        if ((answer->missing & store->owned & store->state[i].bit) != 0 &&
            why[i] != AVOW_STORE_KNOWN)
            return why[i];
    return AVOW_STORE_KNOWN;
}

static avow_store_answer
answer_of(const struct walk *walk)
{
    const struct snapshot *snapshot = walk->snapshot;
    avow_store_reason why[STATES_MAX];
    avow_store_answer answer = {.states = snapshot->given};
    answer.states.yes &= ~snapshot->store->owned;
    answer.states.known &= ~snapshot->store->owned;
    for (size_t i = 0; i < STATES_MAX; i++)
        why[i] = AVOW_STORE_NO_SUBJECT; /* of records */
    known_states(snapshot->store, &walk->known, false, walk->settled, &answer.states, why);
    answer.answer = avow_ask(snapshot->store->table, snapshot->point, answer.states);
    answer.reason = reason_of(snapshot, &answer.answer, why);
    return answer;
}

/* Answers that are told to people in the same way. */
static bool
same_answer(const avow_store_answer *one, const avow_store_answer *other)
{
    if (avow_allowed(one->answer) && avow_allowed(other->answer))
        return true;
    return one->answer.verdict == other->answer.verdict &&
           one->answer.reason == other->answer.reason &&
           one->answer.clause == other->answer.clause && one->reason == other->reason;
}

static unsigned
class_of(struct snapshot *snapshot, const struct snapshot_class *wanted)
{
    for (unsigned i = 0; i < snapshot->class_count; i++)
        if (same_answer(&snapshot->class[i].exact, &wanted->exact) &&
            same_answer(&snapshot->class[i].other, &wanted->other))
            return i;
    if (snapshot->class_count == SNAPSHOT_CLASSES)
        return SNAPSHOT_ASK;
    snapshot->class[snapshot->class_count] = *wanted;
    return snapshot->class_count++;
}

/* Subjects ----------------------------------------------------------------------------------- */

/* Folds the rows of the subject as somebody sees them who asks by this spelling; NULL: by one of
 * which there are no rows. */
static avow_store_answer
answer_by(struct walk *walk, const uint8_t *exact)
{
    memset(&walk->known, 0, sizeof walk->known);
    for (size_t i = 0; i < walk->count; i++)
        known_add(&walk->known, walk->terms, &walk->row[i],
                  exact && memcmp(walk->row[i].exact, exact, EXACT_BYTES) == 0);
    return answer_of(walk);
}

static bool
is_first_of_spelling(const struct walk *walk, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (memcmp(walk->row[i].exact, walk->row[at].exact, EXACT_BYTES) == 0)
            return false;
    return true;
}

static void
put(struct walk *walk, const uint8_t *exact, unsigned class)
{
    struct compact_set *set = &walk->snapshot->set;
    walk->slots++;
    if (!walk->counting && !compact_add(set, compact_place_of(set, walk->key, exact), class))
        walk->failed = true;
}

/* All rows of a subject are here. One that is left to the store has one slot, of whatever spelling;
 * others have one a spelling. */
static void
finish_subject(struct walk *walk)
{
    static const uint8_t usual[EXACT_BYTES];
    if (walk->some && walk->ask)
        put(walk, usual, SNAPSHOT_ASK);
    if (!walk->some || walk->ask)
        return;
    struct snapshot_class class = {{{0}, {0}, 0}, {{0}, {0}, 0}};
    if (!walk->counting)
        class.other = answer_by(walk, NULL);
    for (size_t i = 0; i < walk->count; i++) {
        if (!is_first_of_spelling(walk, i))
            continue;
        if (!walk->counting)
            class.exact = answer_by(walk, walk->row[i].exact);
        put(walk, walk->row[i].exact, walk->counting ? 0 : class_of(walk->snapshot, &class));
    }
}

static avow_store_code
visit(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct walk *walk = context;
    if (!walk->some || memcmp(walk->key, key, KEY_BYTES) != 0) {
        finish_subject(walk);
        memcpy(walk->key, key, KEY_BYTES);
        walk->some = true;
        walk->ask = false;
        walk->count = 0;
    }
    if (row->term == TERM_LINKED || walk->count == GROUP_MOST)
        walk->ask = true;
    else
        walk->row[walk->count++] = *row;
    return AVOW_STORE_OK;
}

/* The whole store ---------------------------------------------------------------------------- */

static avow_store_code
walk_parts(struct walk *walk, struct engine *engine, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    walk->slots = 0;
    for (uint32_t part = 0; code == AVOW_STORE_OK && part < ENGINE_PARTS; part++) {
        walk->some = false;
        code = engine->ops->all_states(engine, part, visit, walk, error);
        if (code == AVOW_STORE_OK)
            finish_subject(walk);
    }
    return code;
}

/* Twice through one transaction: to count, and to put in. */
static avow_store_code
read_all(struct walk *walk, struct engine *engine, avow_store_error *error)
{
    struct terms terms;
    avow_store_code code = engine->ops->begin(engine, false, error);
    if (code != AVOW_STORE_OK)
        return code;
    code = terms_read(walk->snapshot->store, engine, &terms, error);
    if (code != AVOW_STORE_OK)
        return code;
    walk->terms = &terms;
    walk->counting = true;
    code = walk_parts(walk, engine, error);
    if (code == AVOW_STORE_OK && !compact_make(&walk->snapshot->set, walk->slots))
        code = fault_memory(error);
    walk->counting = false;
    if (code == AVOW_STORE_OK)
        code = walk_parts(walk, engine, error);
    if (code == AVOW_STORE_OK && walk->failed)
        code = fault(error, AVOW_STORE_CORRUPT,
                     "The store changed within one transaction. Run 'avowd doctor'.");
    engine->ops->rollback(engine);
    terms_free(&terms);
    return code;
}

avow_store_code
snapshot_make(struct snapshot *snapshot, avow_store *store, const avow_store_question *question,
              avow_identity_kind kind, avow_store_error *error)
{
    *snapshot = (struct snapshot){.store = store,
                                  .point = question->point,
                                  .given = question->states,
                                  .kind = kind,
                                  .keys = store->keys};
    avow_store_code code = avow_store_trust(store, error);
    struct engine *engine = code == AVOW_STORE_OK ? pool_borrow(store, error) : NULL;
    if (!engine)
        return code == AVOW_STORE_OK ? error->code : code;
    struct walk walk = {.snapshot = snapshot, .settled = (store->settled & 1u << kind) != 0};
    snapshot->absent = answer_of(&walk);
    uint8_t channel = store_channel_of(question->point.verb);
    snapshot->linked = channel != AVOW_IDENTITY_NONE && channel != (uint8_t)kind;
    code = read_all(&walk, engine, error);
    pool_return(store, engine, code != AVOW_STORE_OK);
    return code;
}

void
snapshot_free(struct snapshot *snapshot)
{
    compact_free(&snapshot->set);
}

/* Asking ------------------------------------------------------------------------------------- */

avow_store_code
snapshot_hash(const struct snapshot *snapshot, const char *text, size_t length,
              struct snapshot_lookup *lookup, avow_store_error *error)
{
    avow_store_code code = somebody_of(
        snapshot->store, (avow_identity_text){snapshot->kind, text, length}, &lookup->who, error);
    for (size_t i = 0; code == AVOW_STORE_OK && i < lookup->who.count; i++) {
        const struct subject *subject = &lookup->who.at[i];
        lookup->place[i] = compact_place_of(&snapshot->set, subject->key, subject->exact);
        compact_prefetch(&snapshot->set, lookup->place[i]);
    }
    return code;
}

static avow_store_answer
ask_store(const struct snapshot *snapshot, const char *text, size_t length, avow_store_error *error)
{
    avow_store_question question = {.point = snapshot->point,
                                    .subject = {snapshot->kind, text, length},
                                    .states = snapshot->given};
    return avow_store_ask(snapshot->store, &question, error);
}

/* Of several classes one that refuses; they are several only for other spellings. */
static const avow_store_answer *
least(const struct snapshot *snapshot, struct compact_found found)
{
    const avow_store_answer *least = NULL;
    for (unsigned i = 0; i < snapshot->class_count; i++) {
        const struct snapshot_class *class = &snapshot->class[i];
        const avow_store_answer *answer = found.exact ? &class->exact : &class->other;
        if (found.classes >> i & 1 && (!least || !avow_allowed(answer->answer)))
            least = answer;
    }
    return least;
}

avow_store_answer
snapshot_ask(const struct snapshot *snapshot, const struct snapshot_lookup *lookup,
             const char *text, size_t length, avow_store_error *error)
{
    struct compact_found found = {0};
    size_t epochs = 0;
    if (snapshot->linked)
        return ask_store(snapshot, text, length, error);
    for (size_t i = 0; i < lookup->who.count; i++) {
        struct compact_found here = compact_find(&snapshot->set, lookup->place[i]);
        if (here.classes == 0)
            continue;
        found = here;
        epochs++;
    }
    if (epochs == 0)
        return snapshot->absent;
    if (epochs > 1 || found.classes >> SNAPSHOT_ASK & 1)
        return ask_store(snapshot, text, length, error);
    return *least(snapshot, found);
}
