/* A program that a web server runs for each request, as CGI (RFC 3875): sets what it would like to
 * set, as far as the visitor permits it, and removes what may not be there. Of shop.policy. */
#include "shop_cookies.h"

#include <stdio.h>
#include <stdlib.h>

static void
set(const shop_cookies *cookies, const char *name, const char *value)
{
    if (shop_cookies_may_set(cookies, name, strlen(name)))
        printf("Set-Cookie: %s=%s; Path=/; SameSite=Lax; HttpOnly; Max-Age=600000\r\n", name,
               value);
}

int
main(int argc, char **argv)
{
    const char *cookie = getenv("HTTP_COOKIE"), *gpc = getenv("HTTP_SEC_GPC");
    shop_cookies cookies =
        shop_cookies_read(cookie, cookie ? strlen(cookie) : 0, gpc, gpc ? strlen(gpc) : 0);
    char line[SHOP_COOKIES_ROOM];
    size_t step = 0;
    for (int i = 1; i < argc; i++) {
        shop_request said = strcmp(argv[i], "accept") == 0 ? shop_request_accept_cookies
                                                           : shop_request_withdraw_cookies;
        if (shop_cookies_record(&cookies, shop_id_of_request(said), 0, line, sizeof line) > 0)
            printf("Set-Cookie: %s\r\n", line);
    }
    set(&cookies, "larch_basket", "3");
    set(&cookies, "_visits_server", "7");
    set(&cookies, "unknown", "1");
    while (shop_cookies_remove(&cookies, &step, 0, line, sizeof line) > 0)
        printf("Set-Cookie: %s\r\n", line);
    return 0;
}
