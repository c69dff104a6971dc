<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>cu</Name>
  <UserStyle>
   <Name>cu</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f6f5e0" quantity="15" label="&lt; 15 mg/kg" />
       <ColorMapEntry color="#c2e0c5" quantity="20" label="15 – 20 mg/kg" />
       <ColorMapEntry color="#80beac" quantity="25" label="20 – 25 mg/kg" />
       <ColorMapEntry color="#459b93" quantity="35" label="25 – 35 mg/kg" />
       <ColorMapEntry color="#277a7c" quantity="50" label="35 – 50 mg/kg" />
       <ColorMapEntry color="#0f575f" quantity="100" label="50 – 100 mg/kg" />
       <ColorMapEntry color="#06333f" quantity="1e+30" label="&gt; 100 mg/kg" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
