<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>som_classes</Name>
  <UserStyle>
   <Name>som_classes</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#fbf3d5" quantity="6" label="≤ 6 g/kg, grade 6" />
       <ColorMapEntry color="#e2c17f" quantity="10" label="6 – 10 g/kg, grade 5" />
       <ColorMapEntry color="#b88b4b" quantity="20" label="10 – 20 g/kg, grade 4" />
       <ColorMapEntry color="#91632f" quantity="30" label="20 – 30 g/kg, grade 3" />
       <ColorMapEntry color="#613c1d" quantity="40" label="30 – 40 g/kg, grade 2" />
       <ColorMapEntry color="#2c180a" quantity="1e+30" label="&gt; 40 g/kg, grade 1" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
