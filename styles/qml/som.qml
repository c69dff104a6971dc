<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="40">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="40">
     <item value="6" color="#fbf3d5" label="&lt; 6 g/kg" alpha="255" />
     <item value="10" color="#f0dba6" label="6 – 10 g/kg" alpha="255" />
     <item value="15" color="#e0bd78" label="10 – 15 g/kg" alpha="255" />
     <item value="20" color="#c99a52" label="15 – 20 g/kg" alpha="255" />
     <item value="25" color="#a97738" label="20 – 25 g/kg" alpha="255" />
     <item value="30" color="#835527" label="25 – 30 g/kg" alpha="255" />
     <item value="40" color="#5c381b" label="30 – 40 g/kg" alpha="255" />
     <item value="inf" color="#38210f" label="&gt; 40 g/kg" alpha="255" />
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
