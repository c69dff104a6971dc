/* SPDX-License-Identifier: GPL-2.0-or-later
 * Formats failures; see status.h. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#undef tl_fail
#undef tl_no_memory

tl_code tl_fail(tl_err *err, tl_code code, const char *format, ...) {
    if (err != NULL) {
        va_list args;
        err->code = code;
        va_start(args, format);
        (void)vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        tl_utf8_mend(err->text);
    }
    return code;
}

tl_code tl_no_memory(tl_err *err, const char *what, ...) {
    char text[sizeof err->text];
    va_list args;
    va_start(args, what);
    (void)vsnprintf(text, sizeof text, what, args);
    va_end(args);
    return tl_fail(err, TL_NOMEM, "out of memory for %.900s", text);
}

tl_code tl_fail_in(tl_err *err, tl_code code, const char *context) {
    if (err != NULL) {
        char inner[sizeof err->text];
        memcpy(inner, err->text, sizeof inner);
        inner[sizeof inner - 1] = '\0';
        err->code = code;
        const int used = snprintf(err->text, sizeof err->text, "%s: ", context);
        if (used >= 0 && (size_t)used < sizeof err->text) {
            (void)snprintf(err->text + used, sizeof err->text - (size_t)used, "%s", inner);
            tl_utf8_mend(err->text);
        }
    }
    return code;
}

const char *tl_code_text(tl_code code) {
    switch (code) {
#define TL_CODE_TEXT(name, text) \
    case TL_##name:              \
        return text;
        TL_CODES(TL_CODE_TEXT)
#undef TL_CODE_TEXT
    }
    return "unknown code";
}
