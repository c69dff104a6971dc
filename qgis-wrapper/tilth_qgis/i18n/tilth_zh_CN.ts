<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>tilth</name>
    <message>
        <source>Example (in a terminal)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} has no parameter {}; it has: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The virtual map is written, but this QGIS cannot show it: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}: the NoData settings of the layer "{}" are not in its file and are not used; save the layer to a file with them first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}: the layer "{}" shows {}, but its file says {}; the file is used. Assign the projection to the file to change that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}: the raster layer cannot be opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}: the layer "{}" comes from "{}"; wanted a raster file. Save it as GeoTIFF first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map soil from samples…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the installation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tilth: soil maps from hyperspectral scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Virtual soil maps cannot be shown: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tools of tilth cannot be listed: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The graphical model {} cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tool {} needs {}, which this plugin does not know; install the plugin of the same release as the engine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} was found and put into the settings; before: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} of version {}, interface {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>QGIS cannot draw virtual maps: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>virtual maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} is registered in this QGIS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in a process of their own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>where tools run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>inside QGIS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not in order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the scene: a raster with many bands.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the layer with the soil samples.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the field with the measured values.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say the unit of the measured values, such as g/kg.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab spectra are joined to samples by name: choose the field with the names of the samples.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no file {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder for the results.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing can be written into {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} is an input of this run and would be replaced; choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mapping the property</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Soil map of {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deriving terrain factors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tracing streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Relating the map to the terrain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Following the property along streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}, model {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The plugin failed: {!r}. Please report this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map soil from samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scene and samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is mapped, and the measurements that the map is learned from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Selected samples only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reflectance in many bands with their wavelengths, such as GF-5, ZY1-02D, PRISMA or EnMAP.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Soil samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured property</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewer than 40 samples give a model whose scores say little; 80 and more are better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both may be left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab spectra and terrain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spectra (*.csv *.txt);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names of the samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A table with the name of the sample in the first column and one column per wavelength. The model then learns from spectra that were measured in the laboratory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Elevation (m)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With an elevation model you also get slope, wetness index, LS-factor and streams, and how the property goes with them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the results go, and what will be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>QGIS can be used meanwhile. Cancel stops within a second; what is done stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before this can run:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These files of an earlier run will be replaced: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map soil from samples: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} (tilth)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. The steps that were done stay in {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This did not work: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done. The maps are in the project, the files in {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Simulate a study area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makes a study area with a known answer from a DEM: scene, laboratory spectra, samples and true maps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Elevation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of mines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signal to noise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is the point's own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thin cloud</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SOM of the samples, mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SOM of the samples, coefficient of variation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SOM of the samples, skewness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SOM of the samples, excess kurtosis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As of the samples, mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As of the samples, coefficient of variation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As of the samples, skewness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As of the samples, excess kurtosis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cu of the samples, mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cu of the samples, coefficient of variation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cu of the samples, skewness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cu of the samples, excess kurtosis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Laboratory spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True thin cloud</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a satellite product</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A product folder becomes one scene with wavelengths, bad bands and sun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Product</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gains</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wavelengths</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detectors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cell size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grid of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift of the detectors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Water vapour windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lowest wavelength</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Highest wavelength</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where both detectors see</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Further bands not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scene information</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands of a scene in wavelength order, with the unusable ones and why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Band table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibrate scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raw numbers to radiance, and radiance to reflectance above the air.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sun zenith angle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time (UTC)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latitude</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longitude</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Distance of the sun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solar irradiance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scene holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the radiance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interleave</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibrated scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the atmosphere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turns radiance or reflectance at the top of the atmosphere into reflectance of the ground.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Method</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the scene holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sun from the vertical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aerosol optical depth at 550 nm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Column water vapour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height of the ground</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look-up table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Field targets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Target id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reflectance spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light from the surroundings, radius</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Water vapour from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing of water vapour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View from the vertical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Azimuth between sun and sensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ozone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Angstrom exponent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single scattering albedo at 400 nm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aerosol asymmetry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least two-way transmittance of the gases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Target window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Extremes of scene_mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reflectance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Water vapour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Built-in model as table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask cloud, snow, water, plants</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sorts the cells of a scene and measures thin cloud; bare soil is what remains.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Land cover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes that are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cloud test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cloud from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snow from NDSI</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snow from near infrared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plants from NDVI</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Residue from cellulose index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thin cloud seen in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thin cloud from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Usable up to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terrain factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thickness of thin cloud</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scene without thin cloud</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spectra at samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spectra of a scene at sample points, as a table.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sample id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files of a spectrometer become one table of reflectance spectra.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id ends before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repeats of an id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outliers from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Splice correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip unreadable files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary of samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Descriptive statistics of measured properties, and how they go together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Properties</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correlations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correlation with spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correlation of a property with every band, and how large chance alone makes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permutations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fusion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a fusion of scene and lab spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learns to turn the scene's spectra into lab-like spectra from samples that have both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spectra in place of the scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset of the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use neighbouring pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab spectra to scene bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Response table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Components</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep water vapour windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latent size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Widths of the layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct direct standardisation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading of sigma</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output of the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Input of the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of MMD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of SAD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of KLD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of the paired error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare losses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fusion model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generate lab-like spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applies a fusion model to a table of scene spectra.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scene spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seeds to be searched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Score of a seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seeds kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window of smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generated spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generate a lab-like scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applies a fusion model to every pixel of a scene.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab-like scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models and maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The bands that a regression of a property needs (CARS), and how often they are chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scene spectra at the samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select bands of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transform of the spectra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select for the logarithm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps of a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most components</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without random steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coefficients by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Features and regressions side by side, on the same folds, with honest differences.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values below detection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the property</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what leakage would print</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nested methods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scores of the scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Selection of bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transfer of the nested rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model the logarithm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of the spatial blocks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inner folds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draws of the bootstrap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest seed that is tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs of the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restarts of the leaky rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparison for the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a property model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trains a model of a soil property and tells honestly how good it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Features</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibrate fused features on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transform of the spectrum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window of smoothing and derivatives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Degree of smoothing and derivatives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs of the repeated selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regression</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choice of the number of components</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level of the prediction intervals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map a soil property</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applies a property model to every pixel of a scene: value, interval, applicability.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Negative values become 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property map or lab-like scene as virtual raster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A virtual raster that computes a property map or a lab-like scene when it is drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property model or fusion model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Virtual raster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is in a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows what a model file holds: property, bands, samples, scores, intervals, how it was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terrain and streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill depressions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raises depressions of a DEM to their outlet, or cuts ditches, so that every cell drains.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metres per unit of height</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minimum slope of filled areas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deepest depression to remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest depression to remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest ditch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deepest cut of a ditch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filled elevation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True sinks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flow accumulation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area that drains through each cell of a DEM, by several directions or one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill depressions first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Routing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convergence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edges</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Specific catchment area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flow direction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers of flow directions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge contamination</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slope, aspect and curvatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slope, aspect and curvatures of a DEM, equal to SAGA's.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Surface</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the slope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aspect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curvatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Topographic wetness index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ln(specific catchment area / tan slope): where water gathers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transmissivity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compatible with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flow width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of the slope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area in the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slope in the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wetness index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Catchment area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Modified catchment area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Catchment slope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>LS-factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slope length and steepness factor of soil loss equations, from a DEM.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Formula</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Field based</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fields</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop at the edge of fields</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terrain factors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filled elevation, slope, aspect, catchment area, wetness index and LS-factor of a DEM in one run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Formula of the LS-factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stream lines and subbasins of a DEM by threshold, with order and links up and down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threshold as area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known streams to burn in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Burn-in depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outlets and inlets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snap distance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Simplify lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rivers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order raster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tree table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coordinate table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subbasins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subbasin raster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snapped outlets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flow directions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Codes of the directions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Relate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correlate maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correlation of maps with terrain or other factors, for the whole, its halves and zones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Factors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Borders of the strata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Common grid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trend to take off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left and right half</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rank correlation too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property along streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mapped property by distance to streams and by order, against streams placed at random.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Borders of the distance classes in metres</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Random placements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scores, plots, maps and tables of a study on one self-contained HTML page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terrain layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correlation table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Profiles along streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Selected bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparisons of models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Title</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What tilth needs, what is installed, what is missing and how to get it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
