<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="15">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="15">
     <item value="4" color="#f7f2dc" label="&lt; 4" alpha="255" />
     <item value="6" color="#c9dfde" label="4 – 6" alpha="255" />
     <item value="8" color="#91bed5" label="6 – 8" alpha="255" />
     <item value="10" color="#5099c6" label="8 – 10" alpha="255" />
     <item value="12" color="#3775a8" label="10 – 12" alpha="255" />
     <item value="15" color="#185089" label="12 – 15" alpha="255" />
     <item value="inf" color="#062a55" label="&gt; 15" alpha="255" />
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
