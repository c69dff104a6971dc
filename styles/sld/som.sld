<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>som</Name>
  <UserStyle>
   <Name>som</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#fbf3d5" quantity="6" label="&lt; 6 g/kg" />
       <ColorMapEntry color="#ead099" quantity="10" label="6 – 10 g/kg" />
       <ColorMapEntry color="#cfa762" quantity="15" label="10 – 15 g/kg" />
       <ColorMapEntry color="#b28445" quantity="20" label="15 – 20 g/kg" />
       <ColorMapEntry color="#976831" quantity="25" label="20 – 25 g/kg" />
       <ColorMapEntry color="#764d25" quantity="30" label="25 – 30 g/kg" />
       <ColorMapEntry color="#523118" quantity="40" label="30 – 40 g/kg" />
       <ColorMapEntry color="#2c180a" quantity="1e+30" label="&gt; 40 g/kg" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
