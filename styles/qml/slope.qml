<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="0.610865">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="0.610865">
     <item value="0.034907" color="#fcf6dd" label="&lt; 2°" alpha="255" />
     <item value="0.10472" color="#fbd19c" label="2 – 6°" alpha="255" />
     <item value="0.174533" color="#f3a172" label="6 – 10°" alpha="255" />
     <item value="0.261799" color="#e8715c" label="10 – 15°" alpha="255" />
     <item value="0.349066" color="#c85869" label="15 – 20°" alpha="255" />
     <item value="0.436332" color="#a63f74" label="20 – 25°" alpha="255" />
     <item value="0.610865" color="#6b2b67" label="25 – 35°" alpha="255" />
     <item value="inf" color="#2c1a55" label="&gt; 35°" alpha="255" />
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
