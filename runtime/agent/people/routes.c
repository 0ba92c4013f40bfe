#include "runtime/agent/http/http.h"

const struct route people_routes[] = {{0}};
