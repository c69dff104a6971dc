<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>zones</Name>
  <UserStyle>
   <Name>zones</Name>
   <FeatureTypeStyle>
    <Rule>
     <Name>zone</Name>
     <PolygonSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#1d1d1b</CssParameter>
       <CssParameter name="stroke-width">1.79</CssParameter>
       <CssParameter name="stroke-dasharray">6 3</CssParameter>
      </Stroke>
     </PolygonSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
