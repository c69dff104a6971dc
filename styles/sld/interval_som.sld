<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>interval_som</Name>
  <UserStyle>
   <Name>interval_som</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#f8f4fa" quantity="4" label="&lt; 4 g/kg" />
       <ColorMapEntry color="#e0d2e9" quantity="6" label="4 – 6 g/kg" />
       <ColorMapEntry color="#c6add6" quantity="8" label="6 – 8 g/kg" />
       <ColorMapEntry color="#aa89bf" quantity="10" label="8 – 10 g/kg" />
       <ColorMapEntry color="#926aab" quantity="13" label="10 – 13 g/kg" />
       <ColorMapEntry color="#7a4c95" quantity="16" label="13 – 16 g/kg" />
       <ColorMapEntry color="#583072" quantity="20" label="16 – 20 g/kg" />
       <ColorMapEntry color="#33104c" quantity="1e+30" label="&gt; 20 g/kg" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
