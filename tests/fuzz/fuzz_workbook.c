/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: workbooks. The first byte chooses the part that the rest of the bytes stand for, in a workbook that is sound
 * otherwise; the bytes of a whole file would rarely get behind the checksums of the archive. */
#include <cpl_vsi.h>
#include <stdio.h>

#include "io/gdal_call.h"
#include "io/tables/text_tables.h"

#include "fuzz.h"

typedef struct part {
    const char *name, *text;
} part;

static const part xlsx[] = {
    {"[Content_Types].xml",
     "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
     "PartName=\"/xl/workbook.xml\" ContentType=\"application/"
     "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"},
    {"xl/worksheets/sheet1.xml",
     "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
     "t=\"inlineStr\"><is><t>SOM</t></is></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c><c "
     "r=\"B2\" s=\"1\"><v>2.5</v></c></row></sheetData></worksheet>"},
    {"xl/sharedStrings.xml", "<sst><si><t>id</t></si><si><r><t>a</t></r></si></sst>"},
    {"xl/workbook.xml",
     "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
     "<sheets><sheet name=\"soil\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/"
     "officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
     "</Relationships>"},
    {"xl/styles.xml",
     "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"}};

static const part ods[] = {
    {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
    {"content.xml",
     "<office:document-content><office:body><office:spreadsheet><table:table "
     "table:name=\"soil\"><table:table-row><table:table-cell office:value-type=\"string\">"
     "<text:p>id</text:p></table:table-cell><table:table-cell><text:p>SOM</text:p>"
     "</table:table-cell></table:table-row><table:table-row table:number-rows-repeated=\"2\">"
     "<table:table-cell office:value-type=\"float\" office:value=\"2.5\" "
     "table:number-columns-repeated=\"2\"/></table:table-row></table:table>"
     "</office:spreadsheet></office:body></office:document-content>"}};

enum { n_xlsx = sizeof xlsx / sizeof xlsx[0], n_ods = sizeof ods / sizeof ods[0] };

static void write_member(const char *archive, const char *name, const void *bytes, size_t length) {
    char path[200];
    (void)snprintf(path, sizeof path, "/vsizip/%s/%s", archive, name);
    VSILFILE *file = VSIFOpenL(path, "wb");
    if (file != NULL) {
        (void)VSIFWriteL(bytes, 1, length, file);
        (void)VSIFCloseL(file);
    }
}

/* The members of a workbook, with the bytes in the place of one of them. */
static void write_workbook(const char *archive, const part *parts, size_t n, size_t replaced,
                           const uint8_t *bytes, size_t length) {
    char folder[200];
    (void)snprintf(folder, sizeof folder, "/vsizip/%s", archive);
    VSILFILE *whole = VSIFOpenL(folder, "wb"); /* members are added while it is open */
    for (size_t k = 0; k < n; k++) {
        if (k == replaced) {
            write_member(archive, parts[k].name, bytes, length);
        } else {
            write_member(archive, parts[k].name, parts[k].text, strlen(parts[k].text));
        }
    }
    if (whole != NULL) {
        (void)VSIFCloseL(whole);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    if (length < 1) {
        return 0;
    }
    const size_t chosen = bytes[0] % (n_xlsx + n_ods);
    const int is_xlsx = chosen < n_xlsx;
    const char *path = is_xlsx ? "/vsimem/fuzz.xlsx" : "/vsimem/fuzz.ods";
    tl_err err = {0};
    tl_io_call call;
    tl_io_begin(&call);
    write_workbook(path, is_xlsx ? xlsx : ods, is_xlsx ? n_xlsx : n_ods,
                   is_xlsx ? chosen : chosen - n_xlsx, bytes + 1, length - 1);
    tl_text_table table = {0};
    const tl_code code = tl_io_tables_read_texts(path, "samples", &table, &err);
    tl_source_text_table_free(&table);
    (void)VSIUnlink(path);
    tl_io_end(&call);
    fuzz_check(code, &err, live);
    return 0;
}
