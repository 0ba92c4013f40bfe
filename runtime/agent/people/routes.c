/* What the door for people answers. */
#include "runtime/agent/people/unsubscribe.h"

const struct route people_routes[] = {
    {.path = "/u/",
     .methods = METHOD_GET | METHOD_HEAD | METHOD_POST,
     .door = DOOR_PEOPLE,
     .waits = WAITS_WRITE,
     .handle = people_unsubscribe},
    {.path = "/p/",
     .methods = METHOD_GET | METHOD_HEAD | METHOD_POST,
     .door = DOOR_PEOPLE,
     .waits = WAITS_WRITE,
     .handle = people_preferences},
    {.path = "/v1/link",
     .methods = METHOD_POST,
     .door = DOOR_API,
     .scope = SCOPE_RECORD | SCOPE_ADMIN,
     .waits = WAITS_READ,
     .handle = people_link_api},
    {0},
};
