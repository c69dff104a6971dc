<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="20">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="20">
     <item value="4" color="#f8f4fa" label="&lt; 4 g/kg" alpha="255" />
     <item value="6" color="#e0d2e9" label="4 – 6 g/kg" alpha="255" />
     <item value="8" color="#c6add6" label="6 – 8 g/kg" alpha="255" />
     <item value="10" color="#aa89bf" label="8 – 10 g/kg" alpha="255" />
     <item value="13" color="#926aab" label="10 – 13 g/kg" alpha="255" />
     <item value="16" color="#7a4c95" label="13 – 16 g/kg" alpha="255" />
     <item value="20" color="#583072" label="16 – 20 g/kg" alpha="255" />
     <item value="inf" color="#33104c" label="&gt; 20 g/kg" alpha="255" />
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
