<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" version="1.0.0">
 <NamedLayer>
  <Name>not_applicable</Name>
  <UserStyle>
   <Name>not_applicable</Name>
   <FeatureTypeStyle>
    <Rule>
     <Name>model does not apply</Name>
     <ogc:Filter>
      <ogc:PropertyIsEqualTo>
       <ogc:PropertyName>applicable</ogc:PropertyName>
       <ogc:Literal>0</ogc:Literal>
      </ogc:PropertyIsEqualTo>
     </ogc:Filter>
     <PolygonSymbolizer>
      <Fill>
       <GraphicFill>
        <Graphic>
         <Mark>
          <WellKnownName>shape://slash</WellKnownName>
          <Stroke>
           <CssParameter name="stroke">#1d1d1b</CssParameter>
           <CssParameter name="stroke-width">0.71</CssParameter>
          </Stroke>
         </Mark>
         <Size>5.36</Size>
        </Graphic>
       </GraphicFill>
      </Fill>
      <Stroke>
       <CssParameter name="stroke">#1d1d1b</CssParameter>
       <CssParameter name="stroke-width">0.54</CssParameter>
      </Stroke>
     </PolygonSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
