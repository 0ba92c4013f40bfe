#include "runtime/agent/http/api.h"

const struct route api_routes[] = {
    {"/v1/ask", METHOD_POST, DOOR_API, SCOPE_ASK, WAITS_READ, api_ask},
    {"/v1/ask/batch", METHOD_POST, DOOR_API, SCOPE_ASK, WAITS_LONG, api_ask_batch},
    {"/v1/record", METHOD_POST, DOOR_API, SCOPE_RECORD, WAITS_WRITE, api_record_event},
    {"/v1/show", METHOD_POST, DOOR_API, SCOPE_ASK, WAITS_READ, api_show},
    {"/v1/due", METHOD_POST, DOOR_API, SCOPE_ASK, WAITS_NOT, api_due},
    {0},
};
