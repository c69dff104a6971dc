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
     <item value="10" color="#ead099" label="6 – 10 g/kg" alpha="255" />
     <item value="15" color="#cfa762" label="10 – 15 g/kg" alpha="255" />
     <item value="20" color="#b28445" label="15 – 20 g/kg" alpha="255" />
     <item value="25" color="#976831" label="20 – 25 g/kg" alpha="255" />
     <item value="30" color="#764d25" label="25 – 30 g/kg" alpha="255" />
     <item value="40" color="#523118" label="30 – 40 g/kg" alpha="255" />
     <item value="inf" color="#2c180a" label="&gt; 40 g/kg" alpha="255" />
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
