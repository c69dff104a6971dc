/* SPDX-License-Identifier: GPL-2.0-or-later
 * Finished files looked at again; see verify.h. */
#include "io/outputs/verify.h"

#include <cpl_minixml.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"

static int is_whole_xml(const char *path) {
    tl_io_call call;
    tl_io_begin(&call);
    CPLXMLNode *root = CPLParseXMLFile(path);
    const int whole = root != NULL && !call.failed;
    CPLDestroyXMLNode(root);
    tl_io_end(&call);
    return whole;
}

tl_code tl_io_outputs_verify(const char *path, const char *name, const char *parameter,
                             tl_err *err) {
    struct stat status;
    const int there = stat(path, &status) == 0;
    const int may_be_empty = tl_io_has_extension(path, "csv,txt,cpg,prj");
    if (!there || (status.st_size == 0 && !may_be_empty) ||
        (tl_io_has_extension(path, "xml") && !is_whole_xml(path))) {
        return tl_fail(err, TL_IO,
                       "%s: '%s' cannot be written: its part '%s' is not complete; check that the "
                       "disk has space",
                       parameter, name, tl_base_name(path));
    }
    return TL_OK;
}
