<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="150">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="150">
     <item value="10" color="#fff7c8" label="&lt; 10 mg/kg" alpha="255" />
     <item value="15" color="#ffd583" label="10 – 15 mg/kg" alpha="255" />
     <item value="25" color="#fbab53" label="15 – 25 mg/kg" alpha="255" />
     <item value="40" color="#f58036" label="25 – 40 mg/kg" alpha="255" />
     <item value="70" color="#dc572b" label="40 – 70 mg/kg" alpha="255" />
     <item value="100" color="#c12f27" label="70 – 100 mg/kg" alpha="255" />
     <item value="150" color="#901424" label="100 – 150 mg/kg" alpha="255" />
     <item value="inf" color="#5c0620" label="&gt; 150 mg/kg" alpha="255" />
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
