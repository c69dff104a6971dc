<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>subbasins</Name>
  <UserStyle>
   <Name>subbasins</Name>
   <FeatureTypeStyle>
    <Rule>
     <Name>subbasin</Name>
     <PolygonSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#4d4035</CssParameter>
       <CssParameter name="stroke-width">0.93</CssParameter>
      </Stroke>
     </PolygonSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
