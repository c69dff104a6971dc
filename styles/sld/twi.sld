<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>twi</Name>
  <UserStyle>
   <Name>twi</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f7f2dc" quantity="4" label="&lt; 4" />
       <ColorMapEntry color="#c9dfde" quantity="6" label="4 – 6" />
       <ColorMapEntry color="#91bed5" quantity="8" label="6 – 8" />
       <ColorMapEntry color="#5099c6" quantity="10" label="8 – 10" />
       <ColorMapEntry color="#3775a8" quantity="12" label="10 – 12" />
       <ColorMapEntry color="#185089" quantity="15" label="12 – 15" />
       <ColorMapEntry color="#062a55" quantity="1e+30" label="&gt; 15" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
