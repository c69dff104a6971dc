/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slopes that face the sun are brighter than flat ground, and those that face away are darker. */
#include <math.h>

#include "kit/check.h"
#include "simulate/light.h"

enum { FLAT, TOWARDS, ALONG, AWAY, SHADE, CELLS };

/* The sun is at 0.61 rad from the zenith in the south-east (2.62 rad from north). */
static void light_follows_the_angle_to_the_sun(void **state) {
    (void)state;
    const float pi = 3.14159265F;
    const float slope[CELLS] = {0.0F, 0.61F, 0.3F, 0.3F, 1.2F};
    const float aspect[CELLS] = {NAN, 2.62F, 2.62F - pi / 2.0F, 2.62F + pi, 2.62F + pi};
    float light[CELLS];
    tl_simulate_light(slope, aspect, CELLS, light);
    /* Single precision of the angles leaves about 1e-7. */
    CHECK_NEAR((double)light[FLAT], 1.0, 0.0);
    CHECK_NEAR((double)light[TOWARDS], 1.0 / cos(0.61), 1e-6);
    CHECK_NEAR((double)light[ALONG], cos(0.3), 1e-6);
    CHECK_NEAR((double)light[AWAY], cos(0.3 + 0.61) / cos(0.61), 1e-6);
    CHECK_NEAR((double)light[SHADE], 0.0, 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(light_follows_the_angle_to_the_sun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
