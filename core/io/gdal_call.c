/* SPDX-License-Identifier: GPL-2.0-or-later
 * Catching GDAL's errors; see gdal_call.h. */
#include "io/gdal_call.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <stdio.h>
#include <string.h>

static void CPL_STDCALL listen(CPLErr severity, CPLErrorNum number, const char *message) {
    (void)number;
    tl_io_call *call = CPLGetErrorHandlerUserData();
    if (call == NULL || severity < CE_Failure) {
        return;
    }
    if (!call->failed) {
        (void)snprintf(call->text, sizeof call->text, ": %s", message == NULL ? "" : message);
        for (char *c = call->text; *c != '\0'; c++) {
            *c = *c == '\n' || *c == '\r' ? ' ' : *c;
        }
    }
    call->failed = 1;
}

static const char notes[] = "CPL_VSIL_GZIP_WRITE_PROPERTIES";

void tl_io_begin(tl_io_call *call) {
    *call = (tl_io_call){0};
    CPLPushErrorHandlerEx(listen, call);
    if (GDALGetDriverCount() == 0) {
        GDALAllRegister();
    }
    CPLErrorReset();
    *call = (tl_io_call){0};
    if (CPLGetThreadLocalConfigOption(notes, NULL) == NULL) {
        CPLSetThreadLocalConfigOption(notes, "NO");
        call->no_notes = 1;
    }
}

void tl_io_end(const tl_io_call *call) {
    if (call->no_notes) {
        CPLSetThreadLocalConfigOption(notes, NULL);
    }
    CPLPopErrorHandler();
    CPLErrorReset();
}

const char *tl_io_words(const tl_io_call *call) {
    return call->text;
}

const char *tl_io_shown(const char *path, char *shown) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *rest = name;
    if (strncmp(name, ".tilth-", 7) == 0) {
        rest = strchr(name + 7, '-');
        rest = rest == NULL ? NULL : strchr(rest + 1, '-');
        rest = rest == NULL ? name : rest + 1;
    }
    (void)snprintf(shown, 4096, "%.*s%s", (int)(name - path), path, rest);
    return shown;
}
