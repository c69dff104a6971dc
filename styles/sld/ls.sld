<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>ls</Name>
  <UserStyle>
   <Name>ls</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#fdf5e6" quantity="0.5" label="&lt; 0.5" />
       <ColorMapEntry color="#fbdaae" quantity="1" label="0.5 – 1" />
       <ColorMapEntry color="#eeaf6c" quantity="2" label="1 – 2" />
       <ColorMapEntry color="#dc8440" quantity="4" label="2 – 4" />
       <ColorMapEntry color="#bc6127" quantity="8" label="4 – 8" />
       <ColorMapEntry color="#98441c" quantity="16" label="8 – 16" />
       <ColorMapEntry color="#6a2a15" quantity="32" label="16 – 32" />
       <ColorMapEntry color="#3d140e" quantity="1e+30" label="&gt; 32" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
