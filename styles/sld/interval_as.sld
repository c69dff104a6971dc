<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>interval_as</Name>
  <UserStyle>
   <Name>interval_as</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f8f4fa" quantity="10" label="&lt; 10 mg/kg" />
       <ColorMapEntry color="#dccce6" quantity="25" label="10 – 25 mg/kg" />
       <ColorMapEntry color="#bca0ce" quantity="50" label="25 – 50 mg/kg" />
       <ColorMapEntry color="#9d78b4" quantity="100" label="50 – 100 mg/kg" />
       <ColorMapEntry color="#83569f" quantity="200" label="100 – 200 mg/kg" />
       <ColorMapEntry color="#5e3578" quantity="400" label="200 – 400 mg/kg" />
       <ColorMapEntry color="#33104c" quantity="1e+30" label="&gt; 400 mg/kg" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
