<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>as_gb15618_paddy</Name>
  <UserStyle>
   <Name>as_gb15618_paddy</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f3f3ee" quantity="20" label="≤ 20 mg/kg, below screening at any pH" />
       <ColorMapEntry color="#fdd89b" quantity="25" label="20 – 25 mg/kg, above it where pH &gt; 7.5" />
       <ColorMapEntry color="#f89645" quantity="30" label="25 – 30 mg/kg, above it where pH &gt; 6.5" />
       <ColorMapEntry color="#dc562b" quantity="100" label="30 – 100 mg/kg, above it at any pH" />
       <ColorMapEntry color="#ac1c25" quantity="200" label="100 – 200 mg/kg, may be above intervention" />
       <ColorMapEntry color="#5c0620" quantity="1e+30" label="&gt; 200 mg/kg, above intervention at any pH" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
