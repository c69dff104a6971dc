<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="32">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="32">
     <item value="0.5" color="#fdf5e6" label="&lt; 0.5" alpha="255" />
     <item value="1" color="#fbdaae" label="0.5 – 1" alpha="255" />
     <item value="2" color="#eeaf6c" label="1 – 2" alpha="255" />
     <item value="4" color="#dc8440" label="2 – 4" alpha="255" />
     <item value="8" color="#bc6127" label="4 – 8" alpha="255" />
     <item value="16" color="#98441c" label="8 – 16" alpha="255" />
     <item value="32" color="#6a2a15" label="16 – 32" alpha="255" />
     <item value="inf" color="#3d140e" label="&gt; 32" alpha="255" />
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
  <brightnesscontrast brightness="0" contrast="0" gamma="1" />
  <huesaturation saturation="0" grayscaleMode="0" colorizeOn="0" />
  <rasterresampler maxOversampling="2" />
  <resamplingStage>resamplingFilter</resamplingStage>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
