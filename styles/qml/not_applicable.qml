<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<qgis version="3.22.0" styleCategories="Symbology">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0">
  <rules key="{0b1d5c1e-0000-4000-8000-000000000000}">
   <rule key="{0b1d5c1e-0000-4000-8000-000000000001}" symbol="0" label="model does not apply" filter="&quot;applicable&quot; = 0" />
  </rules>
  <symbols>
   <symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="LinePatternFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="angle" value="45" />
      <Option type="QString" name="color" value="29,29,27,255" />
      <Option type="QString" name="coordinate_reference" value="viewport" />
      <Option type="QString" name="distance" value="1.5" />
      <Option type="QString" name="distance_unit" value="MM" />
      <Option type="QString" name="line_width" value="0.2" />
      <Option type="QString" name="line_width_unit" value="MM" />
      <Option type="QString" name="offset" value="0" />
      <Option type="QString" name="offset_unit" value="MM" />
     </Option>
     <symbol name="@0@0" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
      <layer class="SimpleLine" enabled="1" locked="0" pass="0">
       <Option type="Map">
        <Option type="QString" name="capstyle" value="square" />
        <Option type="QString" name="joinstyle" value="bevel" />
        <Option type="QString" name="line_color" value="29,29,27,255" />
        <Option type="QString" name="line_style" value="solid" />
        <Option type="QString" name="line_width" value="0.2" />
        <Option type="QString" name="line_width_unit" value="MM" />
       </Option>
      </layer>
     </symbol>
    </layer>
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option type="QString" name="color" value="0,0,0,0" />
      <Option type="QString" name="joinstyle" value="round" />
      <Option type="QString" name="outline_color" value="29,29,27,130" />
      <Option type="QString" name="outline_style" value="solid" />
      <Option type="QString" name="outline_width" value="0.1" />
      <Option type="QString" name="outline_width_unit" value="MM" />
      <Option type="QString" name="style" value="no" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <blendMode>0</blendMode>
 <featureBlendMode>0</featureBlendMode>
 <layerOpacity>1</layerOpacity>
</qgis>
