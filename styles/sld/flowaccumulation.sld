<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>flowaccumulation</Name>
  <UserStyle>
   <Name>flowaccumulation</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f7f2dc" quantity="1000.0" label="&lt; 0.1 ha" />
       <ColorMapEntry color="#c9dfde" quantity="10000.0" label="0.1 – 1 ha" />
       <ColorMapEntry color="#91bed5" quantity="100000.0" label="1 – 10 ha" />
       <ColorMapEntry color="#5099c6" quantity="1000000.0" label="10 – 100 ha" />
       <ColorMapEntry color="#3775a8" quantity="10000000.0" label="1 – 10 km²" />
       <ColorMapEntry color="#185089" quantity="100000000.0" label="10 – 100 km²" />
       <ColorMapEntry color="#062a55" quantity="1e+30" label="&gt; 100 km²" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
