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
     <item value="0.034907" color="#fcf4d9" label="&lt; 2°" alpha="255" />
     <item value="0.10472" color="#fbd9a0" label="2 – 6°" alpha="255" />
     <item value="0.174533" color="#f7b26e" label="6 – 10°" alpha="255" />
     <item value="0.261799" color="#ee8059" label="10 – 15°" alpha="255" />
     <item value="0.349066" color="#d24f60" label="15 – 20°" alpha="255" />
     <item value="0.436332" color="#9f3a76" label="20 – 25°" alpha="255" />
     <item value="0.610865" color="#67307a" label="25 – 35°" alpha="255" />
     <item value="inf" color="#35205e" label="&gt; 35°" alpha="255" />
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
