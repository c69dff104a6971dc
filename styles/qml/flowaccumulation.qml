<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" classificationMin="0" classificationMax="100000000.0">
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Estimated</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" labelPrecision="2" minimumValue="0" maximumValue="100000000.0">
     <item value="1000.0" color="#f5efdc" label="&lt; 0.1 ha" alpha="255" />
     <item value="10000.0" color="#dfe8dd" label="0.1 – 1 ha" alpha="255" />
     <item value="100000.0" color="#b9d6df" label="1 – 10 ha" alpha="255" />
     <item value="1000000.0" color="#86bcd9" label="10 – 100 ha" alpha="255" />
     <item value="10000000.0" color="#4f98c6" label="1 – 10 km²" alpha="255" />
     <item value="100000000.0" color="#256fa8" label="10 – 100 km²" alpha="255" />
     <item value="inf" color="#0b4680" label="&gt; 100 km²" alpha="255" />
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
