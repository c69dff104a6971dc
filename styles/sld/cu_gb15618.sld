<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>cu_gb15618</Name>
  <UserStyle>
   <Name>cu_gb15618</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f3f3ee" quantity="50" label="≤ 50 mg/kg, below screening at any pH" />
       <ColorMapEntry color="#559990" quantity="100" label="50 – 100 mg/kg, above it where pH ≤ 6.5" />
       <ColorMapEntry color="#0a4350" quantity="1e+30" label="&gt; 100 mg/kg, above it at any pH" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
