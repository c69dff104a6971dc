<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>interval_cu</Name>
  <UserStyle>
   <Name>interval_cu</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f8f4fa" quantity="5" label="&lt; 5 mg/kg" />
       <ColorMapEntry color="#dccce6" quantity="10" label="5 – 10 mg/kg" />
       <ColorMapEntry color="#bca0ce" quantity="20" label="10 – 20 mg/kg" />
       <ColorMapEntry color="#9d78b4" quantity="30" label="20 – 30 mg/kg" />
       <ColorMapEntry color="#83569f" quantity="50" label="30 – 50 mg/kg" />
       <ColorMapEntry color="#5e3578" quantity="100" label="50 – 100 mg/kg" />
       <ColorMapEntry color="#33104c" quantity="1e+30" label="&gt; 100 mg/kg" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
