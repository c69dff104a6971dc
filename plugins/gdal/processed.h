/* SPDX-License-Identifier: GPL-2.0-or-later
 * tilth_map and tilth_fuse as steps of a VRTProcessedDataset: GDAL reads all bands of the scene and
 * hands them over once for all bands of the answer. GDAL has these since 3.9. */
#ifndef TILTH_PLUGIN_PROCESSED_H
#define TILTH_PLUGIN_PROCESSED_H

/* Registers both; does nothing where GDAL is older. */
void processed_register(void);

#endif
