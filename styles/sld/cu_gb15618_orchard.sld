<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>cu_gb15618_orchard</Name>
  <UserStyle>
   <Name>cu_gb15618_orchard</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f3f3ee" quantity="150" label="≤ 150 mg/kg, below screening at any pH" />
       <ColorMapEntry color="#559990" quantity="200" label="150 – 200 mg/kg, above it where pH ≤ 6.5" />
       <ColorMapEntry color="#0a4350" quantity="1e+30" label="&gt; 200 mg/kg, above it at any pH" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
