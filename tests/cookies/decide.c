/* Reads requests, a line each: the Cookie header, the Sec-GPC header ("-" for none) and data,
 * parted by the character 0x1e. Writes for each whether it may be there: 1 or 0. Then what a
 * Set-Cookie would remove. */
#include COOKIES

#include <stdio.h>
#include <stdlib.h>

#define JOIN(a, b) a##b
#define NAME(prefix, name) JOIN(prefix, name)
#define POLICY(name) NAME(PREFIX, name)

int
main(void)
{
    char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        char *cookie = line, *gpc = strchr(line, '\x1e'),
             *data = gpc ? strchr(gpc + 1, '\x1e') : NULL;
        char out[1024];
        size_t step = 0, length;
        if (!data)
            return 2;
        *gpc++ = *data++ = '\0';
        data[strcspn(data, "\n")] = '\0';
        /* In memory of exactly their size: a read behind them is seen. */
        length = strlen(cookie);
        char *exact = malloc(length ? length : 1);
        if (!exact)
            return 2;
        memcpy(exact, cookie, length);
        POLICY(_cookies)
        cookies = POLICY(_cookies_read)(exact, length, *gpc == '-' ? NULL : gpc, strlen(gpc));
        avow_id id = avow_find(POLICY(_table)(), AVOW_DATA, data, strlen(data));
        POLICY(_data) found = {id + 1};
        printf("%d", POLICY(_cookies_may)(&cookies, found));
        while (POLICY(_cookies_remove)(&cookies, &step, 1, out, sizeof out) > 0)
            printf("\t%s", out);
        printf("\n");
        free(exact);
    }
    return 0;
}
