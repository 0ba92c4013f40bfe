/* style.css, for the page that stands alone. */
#ifndef AVOW_PAGE_STYLE_H
#define AVOW_PAGE_STYLE_H

extern const char page_style[]; /* NUL-terminated */

#endif
