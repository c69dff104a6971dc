/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: wavelengths inside names of bands, and measured values with their units. */
#include "base/text.h"
#include "io/wavelength_unit.h"
#include "source/measured.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    char *whole = tl_acquire((ptrdiff_t)length + 1, 1);
    if (whole == NULL) {
        return 0;
    }
    memcpy(whole, text, length);
    double value = 0.0;
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    size_t name = 0;
    char word[16];
    (void)tl_io_wavelength_in_text(whole, &value, &unit);
    (void)tl_io_wavelength_unit_of(whole);
    (void)tl_source_measured_below(whole, &value);
    (void)tl_source_measured_unit(whole, &name, word, sizeof word);
    (void)tl_source_measured_same(whole, "SOM (g/kg)");
    (void)tl_parse_number(whole, &value);
    tl_release(whole);
    fuzz_check(TL_OK, &err, live);
    return 0;
}
