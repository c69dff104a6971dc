<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <provider>
   <resampling enabled="true" zoomedInResamplingMethod="cubic" zoomedOutResamplingMethod="bilinear" maxOversampling="2" />
  </provider>
  <rasterrenderer type="hillshade" band="1" alphaBand="-1" opacity="1" nodataColor="" azimuth="315" angle="45" zfactor="1" multidirection="1" />
  <brightnesscontrast brightness="0" contrast="0" gamma="1" />
  <huesaturation saturation="0" grayscaleMode="0" colorizeOn="0" />
  <rasterresampler maxOversampling="2" />
  <resamplingStage>provider</resamplingStage>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
