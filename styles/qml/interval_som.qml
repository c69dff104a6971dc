<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="24">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="24">
     <item value="2" color="#f6f1f8" label="&lt; 2 g/kg" alpha="255" />
     <item value="4" color="#e2d5ea" label="2 – 4 g/kg" alpha="255" />
     <item value="8" color="#c8afd6" label="4 – 8 g/kg" alpha="255" />
     <item value="12" color="#a67fbb" label="8 – 12 g/kg" alpha="255" />
     <item value="16" color="#80529c" label="12 – 16 g/kg" alpha="255" />
     <item value="24" color="#5b2d7a" label="16 – 24 g/kg" alpha="255" />
     <item value="inf" color="#371350" label="&gt; 24 g/kg" alpha="255" />
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
