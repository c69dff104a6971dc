<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>slope_percent</Name>
  <UserStyle>
   <Name>slope_percent</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#fcf6dd" quantity="2" label="&lt; 2 %" />
       <ColorMapEntry color="#fbd19c" quantity="5" label="2 – 5 %" />
       <ColorMapEntry color="#f3a172" quantity="10" label="5 – 10 %" />
       <ColorMapEntry color="#e8715c" quantity="15" label="10 – 15 %" />
       <ColorMapEntry color="#c85869" quantity="25" label="15 – 25 %" />
       <ColorMapEntry color="#a63f74" quantity="40" label="25 – 40 %" />
       <ColorMapEntry color="#6b2b67" quantity="60" label="40 – 60 %" />
       <ColorMapEntry color="#2c1a55" quantity="1e+30" label="&gt; 60 %" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
