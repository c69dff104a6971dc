<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" version="1.0.0">
 <NamedLayer>
  <Name>streams</Name>
  <UserStyle>
   <Name>streams</Name>
   <FeatureTypeStyle>
    <Rule>
     <Name>order 1</Name>
     <ogc:Filter>
      <ogc:PropertyIsEqualTo>
       <ogc:PropertyName>strmOrder</ogc:PropertyName>
       <ogc:Literal>1</ogc:Literal>
      </ogc:PropertyIsEqualTo>
     </ogc:Filter>
     <LineSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#4a90d0</CssParameter>
       <CssParameter name="stroke-width">1.25</CssParameter>
      </Stroke>
     </LineSymbolizer>
    </Rule>
    <Rule>
     <Name>order 2</Name>
     <ogc:Filter>
      <ogc:PropertyIsEqualTo>
       <ogc:PropertyName>strmOrder</ogc:PropertyName>
       <ogc:Literal>2</ogc:Literal>
      </ogc:PropertyIsEqualTo>
     </ogc:Filter>
     <LineSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#3c78b6</CssParameter>
       <CssParameter name="stroke-width">1.96</CssParameter>
      </Stroke>
     </LineSymbolizer>
    </Rule>
    <Rule>
     <Name>order 3</Name>
     <ogc:Filter>
      <ogc:PropertyIsEqualTo>
       <ogc:PropertyName>strmOrder</ogc:PropertyName>
       <ogc:Literal>3</ogc:Literal>
      </ogc:PropertyIsEqualTo>
     </ogc:Filter>
     <LineSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#2e619c</CssParameter>
       <CssParameter name="stroke-width">2.86</CssParameter>
      </Stroke>
     </LineSymbolizer>
    </Rule>
    <Rule>
     <Name>order 4</Name>
     <ogc:Filter>
      <ogc:PropertyIsEqualTo>
       <ogc:PropertyName>strmOrder</ogc:PropertyName>
       <ogc:Literal>4</ogc:Literal>
      </ogc:PropertyIsEqualTo>
     </ogc:Filter>
     <LineSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#1e4980</CssParameter>
       <CssParameter name="stroke-width">3.75</CssParameter>
      </Stroke>
     </LineSymbolizer>
    </Rule>
    <Rule>
     <Name>order 5 and above</Name>
     <ogc:Filter>
      <ogc:PropertyIsGreaterThan>
       <ogc:PropertyName>strmOrder</ogc:PropertyName>
       <ogc:Literal>4</ogc:Literal>
      </ogc:PropertyIsGreaterThan>
     </ogc:Filter>
     <LineSymbolizer>
      <Stroke>
       <CssParameter name="stroke">#0a2f63</CssParameter>
       <CssParameter name="stroke-width">5.00</CssParameter>
      </Stroke>
     </LineSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
