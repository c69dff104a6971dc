<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>slope</Name>
  <UserStyle>
   <Name>slope</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#fcf6dd" quantity="0.034907" label="&lt; 2°" />
       <ColorMapEntry color="#fbd19c" quantity="0.10472" label="2 – 6°" />
       <ColorMapEntry color="#f3a172" quantity="0.174533" label="6 – 10°" />
       <ColorMapEntry color="#e8715c" quantity="0.261799" label="10 – 15°" />
       <ColorMapEntry color="#c85869" quantity="0.349066" label="15 – 20°" />
       <ColorMapEntry color="#a63f74" quantity="0.436332" label="20 – 25°" />
       <ColorMapEntry color="#6b2b67" quantity="0.610865" label="25 – 35°" />
       <ColorMapEntry color="#2c1a55" quantity="1e+30" label="&gt; 35°" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
