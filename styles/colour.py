#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How different two colours look: CIELAB, CIEDE2000, and how eyes without one kind of cone see them.

    python3 styles/colour.py 8 '#fbf3d5' '#a97738' '#2c1a0c'

prints eight colours from the first to the last one by way of the others, with even differences between
neighbours: the colours of styles/ramps/*.csv.

Sources: sRGB and CIELAB, IEC 61966-2-1 and CIE 15:2004 (white D65); CIEDE2000, Sharma, Wu and Dalal 2005,
Color Research and Application 30:21-30, equations 2-22; missing cones, Machado, Oliveira and Fernandes 2009,
IEEE TVCG 15:1291-1298, table 1 (severity 1.0).
"""

import math
import sys

WHITE = (0.95047, 1.0, 1.08883)
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
TO_RGB = ((3.2404542, -1.5371385, -0.4985314), (-0.9692660, 1.8760108, 0.0415560), (0.0556434, -0.2040259, 1.0572252))
CONES = {
    'protan': ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    'deutan': ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    'tritan': ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def times(matrix, vector):
    return tuple(sum(a * b for a, b in zip(row, vector)) for row in matrix)


def linear(color):
    """Linear red, green and blue, 0 to 1, of a colour written #rrggbb."""
    steps = (int(color[i:i + 2], 16) / 255.0 for i in (1, 3, 5))
    return tuple(one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in steps)


def written(rgb):
    """#rrggbb of linear red, green and blue; colours outside the range of the screen are clipped."""
    steps = (min(1.0, max(0.0, one)) for one in rgb)
    coded = (12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in steps)
    return '#' + ''.join(f'{round(255 * one):02x}' for one in coded)


def lab_of(rgb):
    x, y, z = (a / b for a, b in zip(times(TO_XYZ, rgb), WHITE))
    fx, fy, fz = (one ** (1 / 3) if one > 216 / 24389 else (24389 / 27 * one + 16) / 116 for one in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def lab(color):
    return lab_of(linear(color))


def from_lab(value):
    fy = (value[0] + 16) / 116
    parts = (fy + value[1] / 500, fy, fy - value[2] / 200)
    xyz = ((one ** 3 if one ** 3 > 216 / 24389 else (116 * one - 16) / (24389 / 27)) * white
           for one, white in zip(parts, WHITE))
    return written(times(TO_RGB, tuple(xyz)))


def seen_without(color, kind):
    """The colour as eyes see it that lack the cones of one kind: 'protan', 'deutan' or 'tritan'."""
    return written(times(CONES[kind], linear(color)))


def _hue(b, a):
    return math.degrees(math.atan2(b, a)) % 360.0 if a or b else 0.0


def _mean_hue(h1, h2, c1, c2):
    if c1 * c2 == 0.0:
        return h1 + h2
    if abs(h1 - h2) <= 180.0:
        return (h1 + h2) / 2
    return (h1 + h2 + 360.0) / 2 if h1 + h2 < 360.0 else (h1 + h2 - 360.0) / 2


def difference(first, second):
    """CIEDE2000 between two CIELAB values; about 1 is the least that can be seen side by side."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c ** 7 / (mean_c ** 7 + 25.0 ** 7)))
    c1, c2 = math.hypot((1 + g) * a1, b1), math.hypot((1 + g) * a2, b2)
    h1, h2 = _hue(b1, (1 + g) * a1), _hue(b2, (1 + g) * a2)
    turn = 0.0 if c1 * c2 == 0.0 else (h2 - h1 + 180.0) % 360.0 - 180.0
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    ml, mc, mh = (l1 + l2) / 2, (c1 + c2) / 2, _mean_hue(h1, h2, c1, c2)
    t = (1 - 0.17 * math.cos(math.radians(mh - 30)) + 0.24 * math.cos(math.radians(2 * mh))
         + 0.32 * math.cos(math.radians(3 * mh + 6)) - 0.20 * math.cos(math.radians(4 * mh - 63)))
    s_l = 1 + 0.015 * (ml - 50) ** 2 / math.sqrt(20 + (ml - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    r_t = (-2 * math.sqrt(mc ** 7 / (mc ** 7 + 25.0 ** 7))
           * math.sin(math.radians(60 * math.exp(-((mh - 275) / 25) ** 2))))
    dl, dc, dh = (l2 - l1) / s_l, (c2 - c1) / s_c, d_h / s_h
    return math.sqrt(dl * dl + dc * dc + dh * dh + r_t * dc * dh)


def steps(colors):
    """Differences between neighbours of a list of colours."""
    values = [lab(one) for one in colors]
    return [difference(a, b) for a, b in zip(values, values[1:])]


def even(count, anchors):
    """count colours along straight lines in CIELAB from anchor to anchor, evenly different from their neighbours."""
    ends = [lab(one) for one in anchors]
    fine = 400
    path = [tuple(p + (q - p) * k / fine for p, q in zip(a, b)) for a, b in zip(ends, ends[1:]) for k in range(fine)]
    path.append(ends[-1])
    picked = [round(k * (len(path) - 1) / (count - 1)) for k in range(count)]
    # Each inner colour is moved to the point that is as different from both neighbours, again and again.
    for _ in range(200):
        for k in range(1, count - 1):
            low, high = picked[k - 1] + 1, picked[k + 1] - 1
            while low < high:
                middle = (low + high) // 2
                below = difference(path[picked[k - 1]], path[middle])
                if below < difference(path[middle], path[picked[k + 1]]):
                    low = middle + 1
                else:
                    high = middle
            picked[k] = low
    return [from_lab(path[k]) for k in picked]


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit('wanted: the number of colours, and two or more colours like #fbf3d5')
    print('\n'.join(even(int(sys.argv[1]), sys.argv[2:])))
