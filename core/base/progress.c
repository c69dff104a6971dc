/* SPDX-License-Identifier: GPL-2.0-or-later
 * Progress, messages and cancellation; see progress.h. */
#include "base/progress.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/minmax.h"
#include "base/stop.h"
#include "base/text.h"

tl_progress tl_progress_part(const tl_progress *p, double from, double to) {
    if (p == NULL) {
        return (tl_progress){0};
    }
    tl_progress part = *p;
    part.from = p->from + from * (p->to - p->from);
    part.to = p->from + to * (p->to - p->from);
    return part;
}

tl_code tl_progress_at(const tl_progress *p, double fraction, tl_err *err) {
    if (p == NULL || p->report == NULL) {
        return TL_OK;
    }
    const double inside = tl_max_double(0.0, tl_min_double(1.0, fraction));
    const double whole = p->from + inside * (p->to - p->from);
    const int goes_on = p->report(whole, TL_INFO, NULL, p->user) != 0;
    tl_stop_note(whole, goes_on);
    return goes_on ? TL_OK : tl_fail(err, TL_CANCELLED, TL_PROGRESS_CANCELLED);
}

void tl_progress_log(const tl_progress *p, tl_level level, const char *format, ...) {
    if (p == NULL || p->report == NULL) {
        return;
    }
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tl_utf8_mend(text);
    (void)p->report(-1.0, (int)level, text, p->user);
}
