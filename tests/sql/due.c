/* When something is due, by the core: reads lines `data yes known [what=seconds]...` and writes
 * what avow_when_due answers: its kind, and the instant. The first argument is a bundle. */
#include "runtime/avow.h"
