/* SPDX-License-Identifier: GPL-2.0-or-later
 * tilth_map and tilth_fuse as steps of a VRTProcessedDataset: GDAL reads all bands of the scene and
 * passes them once for all bands of the result. GDAL has had these since 3.9. */
#ifndef TL_GDAL_PROCESSED_H
#define TL_GDAL_PROCESSED_H

/* Registers both steps; does nothing with an older GDAL. */
void tl_gdal_register_processed(void);

#endif
