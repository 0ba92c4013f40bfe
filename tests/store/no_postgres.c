/* Until the engine is there. */
#include "runtime/store/engine.h"

const struct engine_ops postgres_engine = {.scheme = "postgresql"};
