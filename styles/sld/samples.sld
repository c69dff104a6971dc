<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>samples</Name>
  <UserStyle>
   <Name>samples</Name>
   <FeatureTypeStyle>
    <Rule>
     <Name>samples</Name>
     <PointSymbolizer>
      <Graphic>
       <Mark>
        <WellKnownName>circle</WellKnownName>
        <Fill>
         <CssParameter name="fill">#ffffff</CssParameter>
        </Fill>
        <Stroke>
         <CssParameter name="stroke">#1d1d1b</CssParameter>
         <CssParameter name="stroke-width">1.25</CssParameter>
        </Stroke>
       </Mark>
       <Size>6.79</Size>
      </Graphic>
     </PointSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
