<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="100">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="100">
     <item value="5" color="#f8f4fa" label="&lt; 5 mg/kg" alpha="255" />
     <item value="10" color="#dccce6" label="5 – 10 mg/kg" alpha="255" />
     <item value="20" color="#bca0ce" label="10 – 20 mg/kg" alpha="255" />
     <item value="30" color="#9d78b4" label="20 – 30 mg/kg" alpha="255" />
     <item value="50" color="#83569f" label="30 – 50 mg/kg" alpha="255" />
     <item value="100" color="#5e3578" label="50 – 100 mg/kg" alpha="255" />
     <item value="inf" color="#33104c" label="&gt; 100 mg/kg" alpha="255" />
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
