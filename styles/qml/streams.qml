<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <renderer-v2 type="graduatedSymbol" attr="strmOrder" graduatedMethod="GraduatedSize" symbollevels="0" enableorderby="0" forceraster="0">
  <ranges>
   <range lower="0.5" upper="1.5" label="order 1" symbol="0" render="true" />
   <range lower="1.5" upper="2.5" label="order 2" symbol="1" render="true" />
   <range lower="2.5" upper="3.5" label="order 3" symbol="2" render="true" />
   <range lower="3.5" upper="4.5" label="order 4" symbol="3" render="true" />
   <range lower="4.5" upper="99.5" label="order 5 and above" symbol="4" render="true" />
  </ranges>
  <symbols>
   <symbol name="0" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="capstyle" value="round" />
      <Option type="QString" name="joinstyle" value="round" />
      <Option type="QString" name="line_color" value="74,144,208,255" />
      <Option type="QString" name="line_style" value="solid" />
      <Option type="QString" name="line_width" value="0.35" />
      <Option type="QString" name="line_width_unit" value="MM" />
     </Option>
    </layer>
   </symbol>
   <symbol name="1" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="capstyle" value="round" />
      <Option type="QString" name="joinstyle" value="round" />
      <Option type="QString" name="line_color" value="60,120,182,255" />
      <Option type="QString" name="line_style" value="solid" />
      <Option type="QString" name="line_width" value="0.55" />
      <Option type="QString" name="line_width_unit" value="MM" />
     </Option>
    </layer>
   </symbol>
   <symbol name="2" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="capstyle" value="round" />
      <Option type="QString" name="joinstyle" value="round" />
      <Option type="QString" name="line_color" value="46,97,156,255" />
      <Option type="QString" name="line_style" value="solid" />
      <Option type="QString" name="line_width" value="0.8" />
      <Option type="QString" name="line_width_unit" value="MM" />
     </Option>
    </layer>
   </symbol>
   <symbol name="3" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="capstyle" value="round" />
      <Option type="QString" name="joinstyle" value="round" />
      <Option type="QString" name="line_color" value="30,73,128,255" />
      <Option type="QString" name="line_style" value="solid" />
      <Option type="QString" name="line_width" value="1.05" />
      <Option type="QString" name="line_width_unit" value="MM" />
     </Option>
    </layer>
   </symbol>
   <symbol name="4" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="capstyle" value="round" />
      <Option type="QString" name="joinstyle" value="round" />
      <Option type="QString" name="line_color" value="10,47,99,255" />
      <Option type="QString" name="line_style" value="solid" />
      <Option type="QString" name="line_width" value="1.4" />
      <Option type="QString" name="line_width_unit" value="MM" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <blendMode>0</blendMode>
 <featureBlendMode>0</featureBlendMode>
 <layerOpacity>1</layerOpacity>
</qgis>
