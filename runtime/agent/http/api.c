#include "runtime/agent/http/http.h"

const struct route api_routes[] = {{0}};
