<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->
<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" version="1.0.0">
 <NamedLayer>
  <Name>as</Name>
  <UserStyle>
   <Name>as</Name>
   <FeatureTypeStyle>
    <Rule>
     <RasterSymbolizer>
      <ChannelSelection>
       <GrayChannel>
        <SourceChannelName>1</SourceChannelName>
       </GrayChannel>
      </ChannelSelection>
      <ColorMap type="intervals">
       <ColorMapEntry color="#fff7c8" quantity="10" label="&lt; 10 mg/kg" />
       <ColorMapEntry color="#ffd583" quantity="15" label="10 – 15 mg/kg" />
       <ColorMapEntry color="#fbab53" quantity="25" label="15 – 25 mg/kg" />
       <ColorMapEntry color="#f58036" quantity="40" label="25 – 40 mg/kg" />
       <ColorMapEntry color="#dc572b" quantity="70" label="40 – 70 mg/kg" />
       <ColorMapEntry color="#c12f27" quantity="100" label="70 – 100 mg/kg" />
       <ColorMapEntry color="#901424" quantity="150" label="100 – 150 mg/kg" />
       <ColorMapEntry color="#5c0620" quantity="1e+30" label="&gt; 150 mg/kg" />
      </ColorMap>
     </RasterSymbolizer>
    </Rule>
   </FeatureTypeStyle>
  </UserStyle>
 </NamedLayer>
</StyledLayerDescriptor>
