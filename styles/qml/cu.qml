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
     <item value="15" color="#f6f5e0" label="&lt; 15 mg/kg" alpha="255" />
     <item value="20" color="#c2e0c5" label="15 – 20 mg/kg" alpha="255" />
     <item value="25" color="#80beac" label="20 – 25 mg/kg" alpha="255" />
     <item value="35" color="#459b93" label="25 – 35 mg/kg" alpha="255" />
     <item value="50" color="#277a7c" label="35 – 50 mg/kg" alpha="255" />
     <item value="100" color="#0f575f" label="50 – 100 mg/kg" alpha="255" />
     <item value="inf" color="#06333f" label="&gt; 100 mg/kg" alpha="255" />
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
