<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>tilth</name>
    <message>
        <source>{} has no parameter {}; it has: {}</source>
        <translation>{} 没有参数 {}；可用的参数有：{}</translation>
    </message>
    <message>
        <source>The run was cancelled and no output was written</source>
        <translation>运行已取消，未写出任何结果</translation>
    </message>
    <message>
        <source>The virtual map is written, but this QGIS cannot show it: {}</source>
        <translation>虚拟栅格已写出，但当前 QGIS 无法显示：{}</translation>
    </message>
    <message>
        <source>The tilth engine was not found; install it with: {} (see the page "Installing" of the tilth guide), or choose the program tilth under Settings &gt; Options &gt; Processing &gt; Providers &gt; tilth</source>
        <translation>未找到 tilth 引擎；请用以下命令安装：{}（见 tilth 指南的“Installing”页），或在“设置 &gt; 选项 &gt; 数据处理 &gt; 提供者 &gt; tilth”中选择程序 tilth</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>default {}</source>
        <translation>默认 {}</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>可选</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Advanced parameters</source>
        <translation>高级参数</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Example (in a terminal)</source>
        <translation>示例（在终端中运行）</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>{}: the layer cannot be read into memory from {}</source>
        <translation>{}：无法从 {} 将图层读入内存</translation>
    </message>
    <message>
        <source>{}: the NoData settings of the layer "{}" are not in its file and are not used; to use them, save the layer to a new file first</source>
        <translation>{}：图层“{}”的 NoData 设置没有保存在文件中，因此不会采用；如需采用，请先把图层另存为新文件</translation>
    </message>
    <message>
        <source>{}: the layer "{}" has the projection {}, but its file has {}, which is used; to change that, assign the projection to the file</source>
        <translation>{}：图层“{}”的坐标系为 {}，而文件中的坐标系为 {}，以文件为准；如需更改，请为文件指定坐标系</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{}: the raster layer cannot be opened</source>
        <translation>{}：无法打开该栅格图层</translation>
    </message>
    <message>
        <source>{}: the layer "{}" comes from "{}", but it must be a raster file; save it as GeoTIFF first</source>
        <translation>{}：图层“{}”的数据来自“{}”，而此处需要栅格文件；请先另存为 GeoTIFF</translation>
    </message>
    <message>
        <source>at most {}</source>
        <translation>不大于 {}</translation>
    </message>
    <message>
        <source>at least {}</source>
        <translation>不小于 {}</translation>
    </message>
    <message>
        <source>from {} to {}</source>
        <translation>{} 至 {}</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>{}: found {}, but {} is needed</source>
        <translation>{}：值为 {}，但需要{}</translation>
    </message>
    <message>
        <source>{}: only vector layers can be kept in memory; name a file or use {}</source>
        <translation>{}：只有矢量图层可以保存在内存中；请指定文件名或使用 {}</translation>
    </message>
    <message>
        <source>{}: the file {} must end in .{}</source>
        <translation>{}：文件 {} 的扩展名必须是 .{}</translation>
    </message>
    <message>
        <source>Map soil from samples…</source>
        <translation>由样品制作土壤图…</translation>
    </message>
    <message>
        <source>Check the installation</source>
        <translation>检查安装</translation>
    </message>
    <message>
        <source>tilth: soil maps from hyperspectral scenes</source>
        <translation>tilth：由高光谱影像制作土壤图</translation>
    </message>
    <message>
        <source>Virtual soil maps cannot be shown: {}</source>
        <translation>无法显示虚拟土壤图：{}</translation>
    </message>
    <message>
        <source>The tools of tilth cannot be listed: {}</source>
        <translation>无法列出 tilth 的工具：{}</translation>
    </message>
    <message>
        <source>The graphical model {} cannot be read</source>
        <translation>无法读取图形模型 {}</translation>
    </message>
    <message>
        <source>The tool {} needs {}, which this plugin does not know; install the plugin of the same release as the engine</source>
        <translation>工具 {} 需要 {}，当前插件不支持；请安装与计算引擎同一版本的插件</translation>
    </message>
    <message>
        <source>engine</source>
        <translation>计算引擎</translation>
    </message>
    <message>
        <source>{} was found and stored in the settings; before: {}</source>
        <translation>已找到 {} 并写入设置；此前的状态：{}</translation>
    </message>
    <message>
        <source>{} of version {}, interface {}</source>
        <translation>{}，版本 {}，接口 {}</translation>
    </message>
    <message>
        <source>QGIS cannot draw virtual maps: {}</source>
        <translation>QGIS 无法绘制虚拟栅格：{}</translation>
    </message>
    <message>
        <source>virtual maps</source>
        <translation>虚拟栅格</translation>
    </message>
    <message>
        <source>{} is registered in this QGIS</source>
        <translation>{} 已在当前 QGIS 中注册</translation>
    </message>
    <message>
        <source>in a separate worker process</source>
        <translation>在独立的工作进程中</translation>
    </message>
    <message>
        <source>where tools run</source>
        <translation>工具的运行方式</translation>
    </message>
    <message>
        <source>inside QGIS</source>
        <translation>在 QGIS 内部</translation>
    </message>
    <message>
        <source>does not work</source>
        <translation>异常</translation>
    </message>
    <message>
        <source>repaired</source>
        <translation>已修复</translation>
    </message>
    <message>
        <source>works</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Program tilth (empty: found automatically)</source>
        <translation>tilth 程序（留空则自动查找）</translation>
    </message>
    <message>
        <source>Where tools run (a fault in a worker process does not stop QGIS)</source>
        <translation>工具的运行方式（在独立进程中运行时，工具出错不会导致 QGIS 崩溃）</translation>
    </message>
    <message>
        <source>Choose the scene: a raster with many bands</source>
        <translation>请选择影像：波段数较多的栅格</translation>
    </message>
    <message>
        <source>Choose the layer with the soil samples</source>
        <translation>请选择土壤样品图层</translation>
    </message>
    <message>
        <source>Choose the field with the measured values</source>
        <translation>请选择存放测定值的字段</translation>
    </message>
    <message>
        <source>Enter the unit of the measured values, such as g/kg</source>
        <translation>请填写测定值的单位，例如 g/kg</translation>
    </message>
    <message>
        <source>Lab spectra are joined to samples by name: choose the field with the names of the samples</source>
        <translation>实验室光谱按样品编号与样品关联：请选择样品编号字段</translation>
    </message>
    <message>
        <source>There is no file {}</source>
        <translation>文件 {} 不存在</translation>
    </message>
    <message>
        <source>Choose the folder for the results</source>
        <translation>请选择存放结果的文件夹</translation>
    </message>
    <message>
        <source>The folder {} cannot be written to; choose another folder</source>
        <translation>无法写入文件夹 {}；请另选文件夹</translation>
    </message>
    <message>
        <source>{} is an input of this run and would be replaced; choose another folder</source>
        <translation>{} 是本次运行的输入文件，会被覆盖；请另选文件夹</translation>
    </message>
    <message>
        <source>Training the model</source>
        <translation>正在训练模型</translation>
    </message>
    <message>
        <source>Finding bare soil</source>
        <translation>正在识别裸土</translation>
    </message>
    <message>
        <source>Mapping the property</source>
        <translation>正在制图</translation>
    </message>
    <message>
        <source>Soil map of {}</source>
        <translation>{} 土壤图</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>正在生成报告</translation>
    </message>
    <message>
        <source>Deriving terrain factors</source>
        <translation>正在计算地形因子</translation>
    </message>
    <message>
        <source>Tracing streams</source>
        <translation>正在提取河网</translation>
    </message>
    <message>
        <source>Relating the map to the terrain</source>
        <translation>正在分析土壤图与地形的关系</translation>
    </message>
    <message>
        <source>Computing the property along streams</source>
        <translation>正在计算属性沿河网的变化</translation>
    </message>
    <message>
        <source>{}, model {}</source>
        <translation>{}，模型 {}</translation>
    </message>
    <message>
        <source>The plugin failed: {!r}; please report this</source>
        <translation>插件出错：{!r}；请报告此问题</translation>
    </message>
    <message>
        <source>Soil samples</source>
        <translation>土壤样品</translation>
    </message>
    <message>
        <source>Model does not apply</source>
        <translation>模型不适用</translation>
    </message>
    <message>
        <source>Width of the prediction interval</source>
        <translation>预测区间宽度</translation>
    </message>
    <message>
        <source>{}: the layer cannot be written to {}: {}</source>
        <translation>{}：图层无法写入 {}：{}</translation>
    </message>
    <message>
        <source>{}: feature {} cannot be written to {}: {}</source>
        <translation>{}：要素 {} 无法写入 {}：{}</translation>
    </message>
    <message>
        <source>Open a file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Map soil from samples</source>
        <translation>由样品制作土壤图</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Scene and samples</source>
        <translation>影像与样品</translation>
    </message>
    <message>
        <source>The scene to map, and the measurements from which the model learns.</source>
        <translation>要制图的影像，以及用于建立模型的测定数据。</translation>
    </message>
    <message>
        <source>Bare soil only: exclude cloud, snow, water and vegetation</source>
        <translation>仅裸土：排除云、雪、水体和植被</translation>
    </message>
    <message>
        <source>Selected samples only</source>
        <translation>仅使用选中的样品</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>影像</translation>
    </message>
    <message>
        <source>Reflectance in many bands with their wavelengths, such as GF-5, ZY1-02D, PRISMA or EnMAP.</source>
        <translation>带波长信息的多波段反射率影像，例如 GF-5、ZY1-02D、PRISMA 或 EnMAP。</translation>
    </message>
    <message>
        <source>Measured property</source>
        <translation>测定的属性</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>With fewer than 40 samples the scores of the model are very uncertain; 80 or more are better.</source>
        <translation>样品少于 40 个时，模型的精度指标很不可靠；80 个以上为宜。</translation>
    </message>
    <message>
        <source>Both are optional.</source>
        <translation>这两项都可以不填。</translation>
    </message>
    <message>
        <source>Lab spectra and terrain</source>
        <translation>实验室光谱与地形</translation>
    </message>
    <message>
        <source>Spectra (*.csv *.txt);;All files (*)</source>
        <translation>光谱文件 (*.csv *.txt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Lab spectra</source>
        <translation>实验室光谱</translation>
    </message>
    <message>
        <source>Names of the samples</source>
        <translation>样品编号</translation>
    </message>
    <message>
        <source>A table with the name of the sample in the first column and one column per wavelength. The model then learns from spectra that were measured in the laboratory.</source>
        <translation>第一列为样品编号、其后每个波长一列的表格。模型将使用实验室测得的光谱进行训练。</translation>
    </message>
    <message>
        <source>Elevation (m)</source>
        <translation>高程 (m)</translation>
    </message>
    <message>
        <source>With an elevation model you also get slope, wetness index, LS-factor and streams, and how the property is related to them.</source>
        <translation>提供高程模型后，还可得到坡度、地形湿度指数、LS 因子和河网，以及属性与它们的关系。</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>The folder for the results, and the steps of the run.</source>
        <translation>结果的存放位置，以及将要执行的步骤。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>You can continue to work in QGIS. Cancel stops within a second; finished steps are kept.</source>
        <translation>运行期间可以继续使用 QGIS。点击“取消”后一秒内停止，已完成的步骤会保留。</translation>
    </message>
    <message>
        <source>Open the report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Before this can run:</source>
        <translation>运行前还需要：</translation>
    </message>
    <message>
        <source>These files of an earlier run will be replaced: {}</source>
        <translation>以前运行生成的下列文件将被替换：{}</translation>
    </message>
    <message>
        <source>Map soil from samples: {}</source>
        <translation>由样品制作土壤图：{}</translation>
    </message>
    <message>
        <source>Warning: </source>
        <translation>警告：</translation>
    </message>
    <message>
        <source>{} (tilth)</source>
        <translation>{} (tilth)</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Finish closes this window.</source>
        <translation>单击“完成”关闭此窗口。</translation>
    </message>
    <message>
        <source>Cancelled. The results of the finished steps are in {}.</source>
        <translation>已取消。已完成步骤的结果保留在 {} 中。</translation>
    </message>
    <message>
        <source>The run failed: {}</source>
        <translation>运行失败：{}</translation>
    </message>
    <message>
        <source>Done. The maps are in the project, the files in {}.</source>
        <translation>完成。土壤图已加入工程，文件保存在 {} 中。</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>数据准备</translation>
    </message>
    <message>
        <source>Simulate a study area</source>
        <translation>模拟研究区</translation>
    </message>
    <message>
        <source>Creates a study area with a known answer from a DEM: scene, laboratory spectra, samples and true maps.</source>
        <translation>由 DEM 生成真值已知的研究区：影像、实验室光谱、样品和真值图。</translation>
    </message>
    <message>
        <source>Elevation</source>
        <translation>高程</translation>
    </message>
    <message>
        <source>Number of samples</source>
        <translation>样品数</translation>
    </message>
    <message>
        <source>Number of mines</source>
        <translation>矿点数</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>Signal-to-noise ratio</source>
        <translation>信噪比</translation>
    </message>
    <message>
        <source>Variance within a cell</source>
        <translation>像元内方差</translation>
    </message>
    <message>
        <source>Thin cloud</source>
        <translation>薄云</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>SOM of the samples, mean</source>
        <translation>样品 SOM 均值</translation>
    </message>
    <message>
        <source>SOM of the samples, coefficient of variation</source>
        <translation>样品 SOM 变异系数</translation>
    </message>
    <message>
        <source>SOM of the samples, skewness</source>
        <translation>样品 SOM 偏度</translation>
    </message>
    <message>
        <source>SOM of the samples, excess kurtosis</source>
        <translation>样品 SOM 超额峰度</translation>
    </message>
    <message>
        <source>As of the samples, mean</source>
        <translation>样品 As 均值</translation>
    </message>
    <message>
        <source>As of the samples, coefficient of variation</source>
        <translation>样品 As 变异系数</translation>
    </message>
    <message>
        <source>As of the samples, skewness</source>
        <translation>样品 As 偏度</translation>
    </message>
    <message>
        <source>As of the samples, excess kurtosis</source>
        <translation>样品 As 超额峰度</translation>
    </message>
    <message>
        <source>Cu of the samples, mean</source>
        <translation>样品 Cu 均值</translation>
    </message>
    <message>
        <source>Cu of the samples, coefficient of variation</source>
        <translation>样品 Cu 变异系数</translation>
    </message>
    <message>
        <source>Cu of the samples, skewness</source>
        <translation>样品 Cu 偏度</translation>
    </message>
    <message>
        <source>Cu of the samples, excess kurtosis</source>
        <translation>样品 Cu 超额峰度</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样品</translation>
    </message>
    <message>
        <source>Laboratory spectra</source>
        <translation>实验室光谱</translation>
    </message>
    <message>
        <source>True maps</source>
        <translation>真值图</translation>
    </message>
    <message>
        <source>Mines</source>
        <translation>矿点</translation>
    </message>
    <message>
        <source>True thin cloud</source>
        <translation>薄云真值</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>内存上限</translation>
    </message>
    <message>
        <source>No assumptions</source>
        <translation>不作默认假设</translation>
    </message>
    <message>
        <source>Replace whole files</source>
        <translation>替换整个文件</translation>
    </message>
    <message>
        <source>Import a satellite product</source>
        <translation>导入卫星产品</translation>
    </message>
    <message>
        <source>A product folder becomes one scene with wavelengths, bad bands and the sun.</source>
        <translation>把产品文件夹转换为一景影像，附带波长、坏波段和太阳角度信息。</translation>
    </message>
    <message>
        <source>Product</source>
        <translation>卫星产品</translation>
    </message>
    <message>
        <source>Gains</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>Wavelengths</source>
        <translation>波长</translation>
    </message>
    <message>
        <source>Detectors</source>
        <translation>探测器</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>两者都用</translation>
    </message>
    <message>
        <source>VNIR only</source>
        <translation>仅可见光近红外（VNIR）</translation>
    </message>
    <message>
        <source>SWIR only</source>
        <translation>仅短波红外（SWIR）</translation>
    </message>
    <message>
        <source>Geocode</source>
        <translation>地理编码</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Cell size</source>
        <translation>像元大小</translation>
    </message>
    <message>
        <source>Grid of this raster</source>
        <translation>对齐到该栅格的格网</translation>
    </message>
    <message>
        <source>Resampling</source>
        <translation>重采样方法</translation>
    </message>
    <message>
        <source>Nearest neighbour</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>Bilinear</source>
        <translation>双线性</translation>
    </message>
    <message>
        <source>Shift between the detectors</source>
        <translation>探测器间错位</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>校正</translation>
    </message>
    <message>
        <source>Do not measure</source>
        <translation>不检测</translation>
    </message>
    <message>
        <source>Water vapour windows</source>
        <translation>水汽吸收窗口</translation>
    </message>
    <message>
        <source>Minimum wavelength</source>
        <translation>最小波长</translation>
    </message>
    <message>
        <source>Maximum wavelength</source>
        <translation>最大波长</translation>
    </message>
    <message>
        <source>Detector used in the overlap</source>
        <translation>重叠波段采用的探测器</translation>
    </message>
    <message>
        <source>VNIR</source>
        <translation>可见光近红外（VNIR）</translation>
    </message>
    <message>
        <source>SWIR</source>
        <translation>短波红外（SWIR）</translation>
    </message>
    <message>
        <source>Additional bands not used</source>
        <translation>另外不使用的波段</translation>
    </message>
    <message>
        <source>Unused bands</source>
        <translation>不使用的波段</translation>
    </message>
    <message>
        <source>Keep and flag</source>
        <translation>保留并标记</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>剔除</translation>
    </message>
    <message>
        <source>Quantity of the values</source>
        <translation>数值的物理量</translation>
    </message>
    <message>
        <source>As the product states</source>
        <translation>以产品说明为准</translation>
    </message>
    <message>
        <source>Digital numbers</source>
        <translation>DN 值</translation>
    </message>
    <message>
        <source>Radiance</source>
        <translation>辐亮度</translation>
    </message>
    <message>
        <source>Reflectance at the top of the atmosphere</source>
        <translation>表观反射率（大气层顶）</translation>
    </message>
    <message>
        <source>Surface reflectance</source>
        <translation>地表反射率</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放系数</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>存储类型</translation>
    </message>
    <message>
        <source>32-bit numbers (4 bytes per value)</source>
        <translation>32 位浮点数（每值 4 字节）</translation>
    </message>
    <message>
        <source>16-bit whole numbers, signed (2 bytes per value)</source>
        <translation>16 位有符号整数（每值 2 字节）</translation>
    </message>
    <message>
        <source>16-bit whole numbers, unsigned (2 bytes per value)</source>
        <translation>16 位无符号整数（每值 2 字节）</translation>
    </message>
    <message>
        <source>Interleave</source>
        <translation>数据排列方式</translation>
    </message>
    <message>
        <source>By band (BSQ)</source>
        <translation>按波段（BSQ）</translation>
    </message>
    <message>
        <source>By line (BIL)</source>
        <translation>按行（BIL）</translation>
    </message>
    <message>
        <source>By pixel (BIP)</source>
        <translation>按像元（BIP）</translation>
    </message>
    <message>
        <source>Cells that are 0 in every band</source>
        <translation>所有波段均为 0 的像元</translation>
    </message>
    <message>
        <source>Automatic (outside the scene)</source>
        <translation>自动（视为影像之外）</translation>
    </message>
    <message>
        <source>Outside the scene</source>
        <translation>影像之外</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Scene information</source>
        <translation>影像信息</translation>
    </message>
    <message>
        <source>Bands of a scene ordered by wavelength, with the unused ones and why.</source>
        <translation>按波长顺序列出影像的波段，指出不使用的波段及其原因。</translation>
    </message>
    <message>
        <source>Band table</source>
        <translation>波段表</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>波段</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>Calibrate scene</source>
        <translation>辐射定标</translation>
    </message>
    <message>
        <source>Raw numbers to radiance, and radiance to reflectance at the top of the atmosphere.</source>
        <translation>把原始 DN 值转换为辐亮度，把辐亮度转换为表观反射率。</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>输出的物理量</translation>
    </message>
    <message>
        <source>Sun zenith angle</source>
        <translation>太阳天顶角</translation>
    </message>
    <message>
        <source>Time (UTC)</source>
        <translation>时间 (UTC)</translation>
    </message>
    <message>
        <source>Latitude</source>
        <translation>纬度</translation>
    </message>
    <message>
        <source>Longitude</source>
        <translation>经度</translation>
    </message>
    <message>
        <source>Distance between earth and sun</source>
        <translation>日地距离</translation>
    </message>
    <message>
        <source>Solar irradiance</source>
        <translation>太阳辐照度</translation>
    </message>
    <message>
        <source>Quantity in the scene</source>
        <translation>影像数值的物理量</translation>
    </message>
    <message>
        <source>As the scene states</source>
        <translation>以影像记录为准</translation>
    </message>
    <message>
        <source>Raw numbers</source>
        <translation>原始 DN 值</translation>
    </message>
    <message>
        <source>Unit of the radiance</source>
        <translation>辐亮度的单位</translation>
    </message>
    <message>
        <source>W m-2 sr-1 um-1</source>
        <translation>W m-2 sr-1 um-1</translation>
    </message>
    <message>
        <source>mW m-2 sr-1 nm-1</source>
        <translation>mW m-2 sr-1 nm-1</translation>
    </message>
    <message>
        <source>W m-2 sr-1 nm-1</source>
        <translation>W m-2 sr-1 nm-1</translation>
    </message>
    <message>
        <source>uW cm-2 sr-1 nm-1</source>
        <translation>uW cm-2 sr-1 nm-1</translation>
    </message>
    <message>
        <source>16-bit whole numbers (2 bytes per value)</source>
        <translation>16 位整数（每值 2 字节）</translation>
    </message>
    <message>
        <source>Calibrated scene</source>
        <translation>定标后的影像</translation>
    </message>
    <message>
        <source>Correct the atmosphere</source>
        <translation>大气校正</translation>
    </message>
    <message>
        <source>Turns radiance or reflectance at the top of the atmosphere into surface reflectance.</source>
        <translation>把辐亮度或表观反射率转换为地表反射率。</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Built-in clear-sky model</source>
        <translation>内置晴空大气模型</translation>
    </message>
    <message>
        <source>Look-up table</source>
        <translation>查找表</translation>
    </message>
    <message>
        <source>Empirical line from field targets</source>
        <translation>基于地面靶标的经验线性法</translation>
    </message>
    <message>
        <source>Scene extremes against a spectral library</source>
        <translation>影像极值像元与光谱库匹配</translation>
    </message>
    <message>
        <source>Aerosol optical depth at 550 nm</source>
        <translation>550 nm 气溶胶光学厚度</translation>
    </message>
    <message>
        <source>Column water vapour</source>
        <translation>大气柱水汽含量</translation>
    </message>
    <message>
        <source>Mean elevation</source>
        <translation>平均高程</translation>
    </message>
    <message>
        <source>Field targets</source>
        <translation>地面定标靶</translation>
    </message>
    <message>
        <source>Target id</source>
        <translation>定标靶编号</translation>
    </message>
    <message>
        <source>Reflectance spectra</source>
        <translation>反射率光谱</translation>
    </message>
    <message>
        <source>Radius of the adjacency correction</source>
        <translation>邻近效应校正半径</translation>
    </message>
    <message>
        <source>Absorption band of water vapour</source>
        <translation>水汽吸收带</translation>
    </message>
    <message>
        <source>940 nm</source>
        <translation>940 nm</translation>
    </message>
    <message>
        <source>1130 nm</source>
        <translation>1130 nm</translation>
    </message>
    <message>
        <source>Smoothing window of water vapour</source>
        <translation>水汽平滑窗口</translation>
    </message>
    <message>
        <source>View zenith angle</source>
        <translation>观测天顶角</translation>
    </message>
    <message>
        <source>Azimuth between sun and sensor</source>
        <translation>太阳与传感器的相对方位角</translation>
    </message>
    <message>
        <source>Column ozone</source>
        <translation>臭氧柱总量</translation>
    </message>
    <message>
        <source>Angstrom exponent</source>
        <translation>Ångström 指数</translation>
    </message>
    <message>
        <source>Single scattering albedo of the aerosol at 400 nm</source>
        <translation>气溶胶 400 nm 单次散射反照率</translation>
    </message>
    <message>
        <source>Asymmetry of the aerosol</source>
        <translation>气溶胶不对称因子</translation>
    </message>
    <message>
        <source>Minimum two-way transmittance of the gases</source>
        <translation>气体双程透过率下限</translation>
    </message>
    <message>
        <source>Target window</source>
        <translation>定标靶取样窗口</translation>
    </message>
    <message>
        <source>Pixel at the target</source>
        <translation>靶标处的像元</translation>
    </message>
    <message>
        <source>Mean of 3 x 3 pixels</source>
        <translation>3 × 3 像元均值</translation>
    </message>
    <message>
        <source>Number of extreme pixels</source>
        <translation>极值像元数</translation>
    </message>
    <message>
        <source>Id of the spectra</source>
        <translation>光谱编号</translation>
    </message>
    <message>
        <source>Codes of missing values</source>
        <translation>缺失值代码</translation>
    </message>
    <message>
        <source>Reflectance</source>
        <translation>反射率</translation>
    </message>
    <message>
        <source>Water vapour</source>
        <translation>水汽含量</translation>
    </message>
    <message>
        <source>Built-in model as a look-up table</source>
        <translation>内置模型导出为查找表</translation>
    </message>
    <message>
        <source>Mask cloud, snow, water, plants</source>
        <translation>云、雪、水体和植被掩膜</translation>
    </message>
    <message>
        <source>Classifies the cells of a scene and measures thin cloud; what remains is bare soil.</source>
        <translation>对影像像元分类并测量薄云厚度，剩余部分为裸土。</translation>
    </message>
    <message>
        <source>Land cover</source>
        <translation>土地覆被</translation>
    </message>
    <message>
        <source>Land-cover classes to keep</source>
        <translation>保留的土地覆被类别</translation>
    </message>
    <message>
        <source>Cloud test</source>
        <translation>云检测方法</translation>
    </message>
    <message>
        <source>Either test</source>
        <translation>任一检验</translation>
    </message>
    <message>
        <source>GF-5 test</source>
        <translation>GF-5 检验</translation>
    </message>
    <message>
        <source>General test (Fmask)</source>
        <translation>通用检验（Fmask）</translation>
    </message>
    <message>
        <source>No test</source>
        <translation>不检验</translation>
    </message>
    <message>
        <source>Minimum reflectance of cloud</source>
        <translation>云的反射率下限</translation>
    </message>
    <message>
        <source>Minimum NDSI of snow</source>
        <translation>积雪的 NDSI 下限</translation>
    </message>
    <message>
        <source>Minimum near-infrared reflectance of snow</source>
        <translation>积雪的近红外反射率下限</translation>
    </message>
    <message>
        <source>Minimum NDVI of plants</source>
        <translation>植被的 NDVI 下限</translation>
    </message>
    <message>
        <source>Minimum cellulose index of residue</source>
        <translation>秸秆的纤维素指数下限</translation>
    </message>
    <message>
        <source>Method for thin cloud</source>
        <translation>薄云检测方法</translation>
    </message>
    <message>
        <source>Water band at 1380 nm</source>
        <translation>1380 nm 水汽带</translation>
    </message>
    <message>
        <source>Water band at 1880 nm</source>
        <translation>1880 nm 水汽带</translation>
    </message>
    <message>
        <source>Haze (blue light)</source>
        <translation>霾（蓝光）</translation>
    </message>
    <message>
        <source>Darkest cells nearby</source>
        <translation>邻近最暗像元</translation>
    </message>
    <message>
        <source>Clear area</source>
        <translation>无云区</translation>
    </message>
    <message>
        <source>Minimum thickness of thin cloud</source>
        <translation>判为薄云的最小厚度</translation>
    </message>
    <message>
        <source>Smoothing radius</source>
        <translation>平滑半径</translation>
    </message>
    <message>
        <source>Maximum thickness over usable soil</source>
        <translation>可用裸土上的最大薄云厚度</translation>
    </message>
    <message>
        <source>Terrain factor</source>
        <translation>地形因子</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>掩膜</translation>
    </message>
    <message>
        <source>Thickness of thin cloud</source>
        <translation>薄云厚度</translation>
    </message>
    <message>
        <source>Scene without thin cloud</source>
        <translation>去除薄云的影像</translation>
    </message>
    <message>
        <source>Clean scene</source>
        <translation>影像去条带</translation>
    </message>
    <message>
        <source>Removes stripes and steps between detectors from a scene.</source>
        <translation>去除影像中的条带和探测器之间的跳变。</translation>
    </message>
    <message>
        <source>Stripes</source>
        <translation>条带</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Additive (offset)</source>
        <translation>加性（偏移）</translation>
    </message>
    <message>
        <source>Multiplicative (gain)</source>
        <translation>乘性（增益）</translation>
    </message>
    <message>
        <source>Window across the stripes</source>
        <translation>垂直于条带方向的窗口</translation>
    </message>
    <message>
        <source>Step between detectors</source>
        <translation>探测器间跳变</translation>
    </message>
    <message>
        <source>One offset per detector</source>
        <translation>每个探测器一个偏移量</translation>
    </message>
    <message>
        <source>One gain per detector</source>
        <translation>每个探测器一个增益</translation>
    </message>
    <message>
        <source>Detector that is kept</source>
        <translation>作为基准的探测器</translation>
    </message>
    <message>
        <source>First (shorter wavelengths)</source>
        <translation>第一个（短波长端）</translation>
    </message>
    <message>
        <source>Last (longer wavelengths)</source>
        <translation>最后一个（长波长端）</translation>
    </message>
    <message>
        <source>Spectra at samples</source>
        <translation>提取样点光谱</translation>
    </message>
    <message>
        <source>Writes the spectra of a scene at sample points as a table.</source>
        <translation>提取影像在样点处的光谱，输出为表格。</translation>
    </message>
    <message>
        <source>Sample id</source>
        <translation>样品编号</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Single pixel</source>
        <translation>单个像元</translation>
    </message>
    <message>
        <source>Usable bands</source>
        <translation>可用波段</translation>
    </message>
    <message>
        <source>All bands</source>
        <translation>全部波段</translation>
    </message>
    <message>
        <source>Spectra</source>
        <translation>光谱</translation>
    </message>
    <message>
        <source>Import spectra</source>
        <translation>导入光谱</translation>
    </message>
    <message>
        <source>Makes one table of reflectance spectra from the files of a spectrometer.</source>
        <translation>把光谱仪文件汇总为一张反射率光谱表。</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Id ends before</source>
        <translation>编号截止于</translation>
    </message>
    <message>
        <source>Unit of the values</source>
        <translation>数值的单位</translation>
    </message>
    <message>
        <source>Reflectance from 0 to 1</source>
        <translation>反射率（0–1）</translation>
    </message>
    <message>
        <source>Percent</source>
        <translation>百分比</translation>
    </message>
    <message>
        <source>Reflectance times 10000</source>
        <translation>反射率 × 10000</translation>
    </message>
    <message>
        <source>Absorbance log10(1/R)</source>
        <translation>吸光度 log10(1/R)</translation>
    </message>
    <message>
        <source>Repeats of an id</source>
        <translation>同一编号的重复测量</translation>
    </message>
    <message>
        <source>Mean without outliers</source>
        <translation>剔除异常后的平均值</translation>
    </message>
    <message>
        <source>Every spectrum</source>
        <translation>每条光谱</translation>
    </message>
    <message>
        <source>Outlier angle</source>
        <translation>异常光谱的角度阈值</translation>
    </message>
    <message>
        <source>Splice correction</source>
        <translation>拼接校正</translation>
    </message>
    <message>
        <source>First wavelength</source>
        <translation>起始波长</translation>
    </message>
    <message>
        <source>Last wavelength</source>
        <translation>终止波长</translation>
    </message>
    <message>
        <source>Skip unreadable files</source>
        <translation>跳过无法读取的文件</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Summary of samples</source>
        <translation>样品统计</translation>
    </message>
    <message>
        <source>Descriptive statistics of measured properties, and their correlations.</source>
        <translation>测定属性的描述性统计，以及属性之间的相关系数。</translation>
    </message>
    <message>
        <source>Properties</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>统计表</translation>
    </message>
    <message>
        <source>Correlations</source>
        <translation>相关系数</translation>
    </message>
    <message>
        <source>Correlation with spectra</source>
        <translation>属性与光谱的相关性</translation>
    </message>
    <message>
        <source>Correlation of a property with every band, and how large it becomes by chance.</source>
        <translation>属性与每个波段的相关系数，以及仅凭偶然能达到的大小。</translation>
    </message>
    <message>
        <source>Property</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>Permutations</source>
        <translation>置换次数</translation>
    </message>
    <message>
        <source>Fusion</source>
        <translation>光谱融合</translation>
    </message>
    <message>
        <source>Train a fusion of scene and lab spectra</source>
        <translation>训练影像与实验室光谱的融合模型</translation>
    </message>
    <message>
        <source>Learns from samples that have both to turn the scene's spectra into lab-like spectra.</source>
        <translation>利用同时具有两种光谱的样品，学习把影像光谱转换为类实验室光谱。</translation>
    </message>
    <message>
        <source>Spectra instead of a scene</source>
        <translation>代替影像的光谱表</translation>
    </message>
    <message>
        <source>Direct standardisation (DS)</source>
        <translation>直接标准化（DS）</translation>
    </message>
    <message>
        <source>Partial least squares (PLS2)</source>
        <translation>偏最小二乘（PLS2）</translation>
    </message>
    <message>
        <source>Piecewise direct standardisation (PDS)</source>
        <translation>分段直接标准化（PDS）</translation>
    </message>
    <message>
        <source>Slope and bias of each band</source>
        <translation>逐波段斜率/截距校正</translation>
    </message>
    <message>
        <source>External parameter orthogonalisation (EPO)</source>
        <translation>外部参数正交化（EPO）</translation>
    </message>
    <message>
        <source>Best linear method</source>
        <translation>最优的线性方法</translation>
    </message>
    <message>
        <source>Fusion network (VAE)</source>
        <translation>融合网络（VAE）</translation>
    </message>
    <message>
        <source>Preset of the network</source>
        <translation>网络预设</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐设置</translation>
    </message>
    <message>
        <source>As in the paper</source>
        <translation>与论文一致</translation>
    </message>
    <message>
        <source>Use neighbouring pixels</source>
        <translation>使用邻近像元</translation>
    </message>
    <message>
        <source>Lab spectra to scene bands</source>
        <translation>实验室光谱重采样到影像波段</translation>
    </message>
    <message>
        <source>Gaussian of the band width</source>
        <translation>按波段宽度的高斯响应</translation>
    </message>
    <message>
        <source>Value at the band centre</source>
        <translation>取波段中心处的值</translation>
    </message>
    <message>
        <source>Response table</source>
        <translation>光谱响应表</translation>
    </message>
    <message>
        <source>Half window</source>
        <translation>半窗口</translation>
    </message>
    <message>
        <source>Components</source>
        <translation>成分数</translation>
    </message>
    <message>
        <source>Keep water vapour windows</source>
        <translation>保留水汽吸收窗口</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>训练轮数</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Latent size</source>
        <translation>潜变量维数</translation>
    </message>
    <message>
        <source>Widths of the layers</source>
        <translation>各层神经元数</translation>
    </message>
    <message>
        <source>Correct direct standardisation</source>
        <translation>在直接标准化基础上修正</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>随机失活率 (dropout)</translation>
    </message>
    <message>
        <source>Stop early</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>Meaning of sigma</source>
        <translation>σ 的含义</translation>
    </message>
    <message>
        <source>As printed in the paper</source>
        <translation>按论文原文</translation>
    </message>
    <message>
        <source>Log variance</source>
        <translation>对数方差</translation>
    </message>
    <message>
        <source>Log standard deviation</source>
        <translation>对数标准差</translation>
    </message>
    <message>
        <source>Output of the network</source>
        <translation>网络的输出</translation>
    </message>
    <message>
        <source>Between 0 and 1 (sigmoid)</source>
        <translation>限于 0–1（sigmoid）</translation>
    </message>
    <message>
        <source>Unlimited (linear)</source>
        <translation>不限（线性）</translation>
    </message>
    <message>
        <source>In standard deviations of each band</source>
        <translation>以各波段标准差为单位</translation>
    </message>
    <message>
        <source>Input of the network</source>
        <translation>网络的输入</translation>
    </message>
    <message>
        <source>Standardised bands</source>
        <translation>标准化后的波段</translation>
    </message>
    <message>
        <source>Initial weights</source>
        <translation>初始权重</translation>
    </message>
    <message>
        <source>Normal (He)</source>
        <translation>正态分布（He）</translation>
    </message>
    <message>
        <source>Uniform</source>
        <translation>均匀分布</translation>
    </message>
    <message>
        <source>Weight of MMD</source>
        <translation>MMD 的权重</translation>
    </message>
    <message>
        <source>Weight of SAD</source>
        <translation>SAD 的权重</translation>
    </message>
    <message>
        <source>Weight of KLD</source>
        <translation>KLD 的权重</translation>
    </message>
    <message>
        <source>Weight of the paired error</source>
        <translation>配对误差的权重</translation>
    </message>
    <message>
        <source>Compare losses</source>
        <translation>比较损失函数</translation>
    </message>
    <message>
        <source>Fusion model</source>
        <translation>融合模型</translation>
    </message>
    <message>
        <source>Generate lab-like spectra</source>
        <translation>生成类实验室光谱</translation>
    </message>
    <message>
        <source>Applies a fusion model to a table of scene spectra.</source>
        <translation>把融合模型应用于影像光谱表。</translation>
    </message>
    <message>
        <source>Scene spectra</source>
        <translation>影像光谱</translation>
    </message>
    <message>
        <source>Seeds to search</source>
        <translation>搜索的种子</translation>
    </message>
    <message>
        <source>Score of a seed</source>
        <translation>种子的评分方式</translation>
    </message>
    <message>
        <source>Largest correlation</source>
        <translation>最大相关系数</translation>
    </message>
    <message>
        <source>Mean correlation</source>
        <translation>平均相关系数</translation>
    </message>
    <message>
        <source>Largest rank correlation</source>
        <translation>最大秩相关系数</translation>
    </message>
    <message>
        <source>Mean rank correlation</source>
        <translation>平均秩相关系数</translation>
    </message>
    <message>
        <source>Number of best seeds</source>
        <translation>保留的最优种子数</translation>
    </message>
    <message>
        <source>Masks of the network</source>
        <translation>网络掩码</translation>
    </message>
    <message>
        <source>The same for all spectra</source>
        <translation>所有光谱相同</translation>
    </message>
    <message>
        <source>Different for every spectrum</source>
        <translation>每条光谱不同</translation>
    </message>
    <message>
        <source>Smoothing window</source>
        <translation>平滑窗口</translation>
    </message>
    <message>
        <source>Factor of the scene</source>
        <translation>影像缩放系数</translation>
    </message>
    <message>
        <source>Generated spectra</source>
        <translation>生成的光谱</translation>
    </message>
    <message>
        <source>Generate a lab-like scene</source>
        <translation>生成类实验室影像</translation>
    </message>
    <message>
        <source>Applies a fusion model to every pixel of a scene.</source>
        <translation>把融合模型应用于影像的每个像元。</translation>
    </message>
    <message>
        <source>Lab-like scene</source>
        <translation>类实验室影像</translation>
    </message>
    <message>
        <source>Models and maps</source>
        <translation>建模与制图</translation>
    </message>
    <message>
        <source>Select bands</source>
        <translation>选择波段</translation>
    </message>
    <message>
        <source>Selects the bands that a regression of a property needs (CARS), and shows how often each one is selected.</source>
        <translation>筛选回归某一属性所需的波段（CARS），并给出每个波段的入选频率。</translation>
    </message>
    <message>
        <source>Scene spectra at the samples</source>
        <translation>样点处的影像光谱</translation>
    </message>
    <message>
        <source>Select bands of</source>
        <translation>从哪种光谱中选择</translation>
    </message>
    <message>
        <source>Transform of the spectra</source>
        <translation>光谱变换</translation>
    </message>
    <message>
        <source>Model the logarithm</source>
        <translation>对属性取对数建模</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>总是</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行次数</translation>
    </message>
    <message>
        <source>Share of runs</source>
        <translation>入选频率下限</translation>
    </message>
    <message>
        <source>Steps of a run</source>
        <translation>每次运行的步数</translation>
    </message>
    <message>
        <source>Maximum number of components</source>
        <translation>最大成分数</translation>
    </message>
    <message>
        <source>Folds</source>
        <translation>折数</translation>
    </message>
    <message>
        <source>Without random draws</source>
        <translation>不使用随机抽样</translation>
    </message>
    <message>
        <source>Error by step</source>
        <translation>各步的误差</translation>
    </message>
    <message>
        <source>Coefficients by step</source>
        <translation>各步的回归系数</translation>
    </message>
    <message>
        <source>Compare models</source>
        <translation>比较模型</translation>
    </message>
    <message>
        <source>Compares features and regressions on the same folds, with intervals of the differences.</source>
        <translation>在相同的交叉验证折上比较各种特征和回归方法，并给出差异的置信区间。</translation>
    </message>
    <message>
        <source>Values below detection</source>
        <translation>低于检出限的值</translation>
    </message>
    <message>
        <source>Leave the sample out</source>
        <translation>剔除该样品</translation>
    </message>
    <message>
        <source>Half the detection limit</source>
        <translation>取检出限的一半</translation>
    </message>
    <message>
        <source>Unit of the property</source>
        <translation>属性的单位</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Nested cross-validation</source>
        <translation>嵌套交叉验证</translation>
    </message>
    <message>
        <source>Also the protocol of the paper</source>
        <translation>另加论文的方案</translation>
    </message>
    <message>
        <source>Show what leakage would print</source>
        <translation>显示数据泄漏时的结果</translation>
    </message>
    <message>
        <source>Nested methods</source>
        <translation>嵌套验证的方法</translation>
    </message>
    <message>
        <source>PLSR, SVR, FD-RF and DNN-CARS</source>
        <translation>PLSR、SVR、FD-RF 和 DNN-CARS</translation>
    </message>
    <message>
        <source>PLSR and SVR</source>
        <translation>PLSR 和 SVR</translation>
    </message>
    <message>
        <source>PLSR</source>
        <translation>PLSR</translation>
    </message>
    <message>
        <source>MNF components of the scene</source>
        <translation>影像的 MNF 分量数</translation>
    </message>
    <message>
        <source>Selection of bands</source>
        <translation>波段选择</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>One run of CARS</source>
        <translation>单次 CARS</translation>
    </message>
    <message>
        <source>Repeated runs of CARS</source>
        <translation>多次重复的 CARS</translation>
    </message>
    <message>
        <source>Best by cross-validation</source>
        <translation>按交叉验证选优</translation>
    </message>
    <message>
        <source>Transfer of the nested rows</source>
        <translation>嵌套验证的光谱转换方法</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证方式</translation>
    </message>
    <message>
        <source>Random folds</source>
        <translation>随机折</translation>
    </message>
    <message>
        <source>Side of the spatial blocks</source>
        <translation>空间块边长</translation>
    </message>
    <message>
        <source>Inner folds</source>
        <translation>内层折数</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>重复次数</translation>
    </message>
    <message>
        <source>Bootstrap draws</source>
        <translation>自助法抽样次数</translation>
    </message>
    <message>
        <source>Largest seed of the search</source>
        <translation>搜索的最大种子</translation>
    </message>
    <message>
        <source>Epochs of the network</source>
        <translation>网络的训练轮数</translation>
    </message>
    <message>
        <source>Restarts of the leaky rows</source>
        <translation>泄漏演示的重启次数</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>对比表</translation>
    </message>
    <message>
        <source>Comparison for the report</source>
        <translation>供报告使用的对比文件</translation>
    </message>
    <message>
        <source>Train a property model</source>
        <translation>训练属性模型</translation>
    </message>
    <message>
        <source>Trains a model of a soil property and estimates its accuracy by cross-validation.</source>
        <translation>训练土壤属性模型，并用交叉验证估计其精度。</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>特征</translation>
    </message>
    <message>
        <source>Spectrum of the pixel</source>
        <translation>像元光谱</translation>
    </message>
    <message>
        <source>Lab-like spectrum</source>
        <translation>类实验室光谱</translation>
    </message>
    <message>
        <source>Both spectra</source>
        <translation>两种光谱</translation>
    </message>
    <message>
        <source>Lab spectrum (no map)</source>
        <translation>实验室光谱（不能制图）</translation>
    </message>
    <message>
        <source>Fusion networks that predict the property</source>
        <translation>直接预测属性的融合网络</translation>
    </message>
    <message>
        <source>Calibrate fused features on</source>
        <translation>融合特征的校准光谱</translation>
    </message>
    <message>
        <source>Generated lab-like spectra</source>
        <translation>生成的类实验室光谱</translation>
    </message>
    <message>
        <source>Transform of the spectrum</source>
        <translation>光谱变换</translation>
    </message>
    <message>
        <source>Smoothing degree</source>
        <translation>平滑多项式阶数</translation>
    </message>
    <message>
        <source>Runs of the repeated selection</source>
        <translation>重复选择的运行次数</translation>
    </message>
    <message>
        <source>Regression</source>
        <translation>回归方法</translation>
    </message>
    <message>
        <source>Partial least squares (PLSR)</source>
        <translation>偏最小二乘回归（PLSR）</translation>
    </message>
    <message>
        <source>Ridge regression</source>
        <translation>岭回归</translation>
    </message>
    <message>
        <source>Support vectors (SVR)</source>
        <translation>支持向量回归（SVR）</translation>
    </message>
    <message>
        <source>Random forest</source>
        <translation>随机森林</translation>
    </message>
    <message>
        <source>Neural network</source>
        <translation>神经网络</translation>
    </message>
    <message>
        <source>Choice of the number of components</source>
        <translation>成分数的确定方式</translation>
    </message>
    <message>
        <source>Within 2 % of the smallest error</source>
        <translation>误差与最小值相差 2% 以内</translation>
    </message>
    <message>
        <source>Smallest error</source>
        <translation>误差最小</translation>
    </message>
    <message>
        <source>1 standard error rule</source>
        <translation>一倍标准误准则</translation>
    </message>
    <message>
        <source>Randomisation test</source>
        <translation>随机化检验</translation>
    </message>
    <message>
        <source>Spatial blocks</source>
        <translation>空间分块</translation>
    </message>
    <message>
        <source>Random folds and spatial blocks</source>
        <translation>随机折和空间分块</translation>
    </message>
    <message>
        <source>Leave one out</source>
        <translation>留一法</translation>
    </message>
    <message>
        <source>Level of the prediction intervals</source>
        <translation>预测区间的置信水平</translation>
    </message>
    <message>
        <source>Strata</source>
        <translation>分层栅格</translation>
    </message>
    <message>
        <source>Limits of the strata</source>
        <translation>分层界限</translation>
    </message>
    <message>
        <source>Property model</source>
        <translation>属性模型</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>预测结果</translation>
    </message>
    <message>
        <source>Map a soil property</source>
        <translation>土壤属性制图</translation>
    </message>
    <message>
        <source>Applies a property model to every pixel of a scene: value, interval, applicability.</source>
        <translation>把属性模型应用于影像的每个像元：属性值、预测区间和适用范围。</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>掩膜</translation>
    </message>
    <message>
        <source>Negative values become 0</source>
        <translation>负值置为 0</translation>
    </message>
    <message>
        <source>Property map</source>
        <translation>属性图</translation>
    </message>
    <message>
        <source>Property map or lab-like scene as virtual raster</source>
        <translation>以虚拟栅格表示属性图或类实验室影像</translation>
    </message>
    <message>
        <source>A virtual raster that computes a property map or a lab-like scene when it is drawn.</source>
        <translation>在绘制时才计算属性图或类实验室影像的虚拟栅格。</translation>
    </message>
    <message>
        <source>Property model or fusion model</source>
        <translation>属性模型或融合模型</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Pixel functions (every GDAL)</source>
        <translation>像元函数（各版本 GDAL）</translation>
    </message>
    <message>
        <source>Processing step (GDAL 3.9 or later)</source>
        <translation>处理步骤（GDAL 3.9 及以上）</translation>
    </message>
    <message>
        <source>Virtual raster</source>
        <translation>虚拟栅格</translation>
    </message>
    <message>
        <source>What is in a model</source>
        <translation>查看模型内容</translation>
    </message>
    <message>
        <source>Shows the contents of a model file: property, bands, samples, scores, intervals, and how it was made.</source>
        <translation>显示模型文件的内容：属性、波段、样品、精度、预测区间和生成过程。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Terrain and streams</source>
        <translation>地形与河网</translation>
    </message>
    <message>
        <source>Fill depressions</source>
        <translation>洼地填充</translation>
    </message>
    <message>
        <source>Removes the depressions of a DEM, by filling them or by cutting ditches, so that water can leave every cell.</source>
        <translation>用填洼或开沟的方法消除 DEM 的洼地，使每个像元的水都能排出。</translation>
    </message>
    <message>
        <source>Metres per unit of height</source>
        <translation>高程单位换算系数（米）</translation>
    </message>
    <message>
        <source>Fill (Wang and Liu)</source>
        <translation>填洼（Wang 和 Liu）</translation>
    </message>
    <message>
        <source>Cut ditches (Lindsay)</source>
        <translation>开沟（Lindsay）</translation>
    </message>
    <message>
        <source>Cut ditches, then fill</source>
        <translation>先开沟，再填洼</translation>
    </message>
    <message>
        <source>Minimum slope of filled areas</source>
        <translation>填充区的最小坡度</translation>
    </message>
    <message>
        <source>Maximum depth of depressions to remove</source>
        <translation>可消除洼地的最大深度</translation>
    </message>
    <message>
        <source>Maximum area of depressions to remove</source>
        <translation>可消除洼地的最大面积</translation>
    </message>
    <message>
        <source>Maximum length of a ditch</source>
        <translation>沟槽的最大长度</translation>
    </message>
    <message>
        <source>Maximum depth of a ditch</source>
        <translation>沟槽的最大深度</translation>
    </message>
    <message>
        <source>Filled elevation</source>
        <translation>填洼后的高程</translation>
    </message>
    <message>
        <source>True sinks</source>
        <translation>真实洼地</translation>
    </message>
    <message>
        <source>Flow accumulation</source>
        <translation>汇流累积量</translation>
    </message>
    <message>
        <source>Area that drains through each cell of a DEM, with one or several flow directions per cell.</source>
        <translation>用单流向或多流向算法计算流经 DEM 各像元的汇水面积。</translation>
    </message>
    <message>
        <source>Fill depressions first</source>
        <translation>先填充洼地</translation>
    </message>
    <message>
        <source>Routing</source>
        <translation>流向算法</translation>
    </message>
    <message>
        <source>Multiple flow (MFD, Freeman)</source>
        <translation>多流向（MFD，Freeman）</translation>
    </message>
    <message>
        <source>Steepest neighbour (D8)</source>
        <translation>单流向（D8）</translation>
    </message>
    <message>
        <source>Adaptive multiple flow (Qin)</source>
        <translation>自适应多流向（Qin）</translation>
    </message>
    <message>
        <source>D-infinity (SAGA)</source>
        <translation>D-infinity（SAGA）</translation>
    </message>
    <message>
        <source>D-infinity (Tarboton)</source>
        <translation>D-infinity（Tarboton）</translation>
    </message>
    <message>
        <source>Convergence</source>
        <translation>汇流收敛指数</translation>
    </message>
    <message>
        <source>Edges</source>
        <translation>边界处理</translation>
    </message>
    <message>
        <source>Water leaves over the edge (SAGA)</source>
        <translation>水流从边缘流出（SAGA）</translation>
    </message>
    <message>
        <source>Water runs along the edge</source>
        <translation>水流沿边缘流动</translation>
    </message>
    <message>
        <source>Flats</source>
        <translation>平坦区处理</translation>
    </message>
    <message>
        <source>Drain to their outlets</source>
        <translation>排向平地出口</translation>
    </message>
    <message>
        <source>Keep the water (SAGA)</source>
        <translation>水流滞留在平地（SAGA）</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Unit of the area</source>
        <translation>面积单位</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>像元数</translation>
    </message>
    <message>
        <source>Square metres</source>
        <translation>平方米</translation>
    </message>
    <message>
        <source>Specific catchment area</source>
        <translation>单位汇水面积</translation>
    </message>
    <message>
        <source>Flow direction</source>
        <translation>流向</translation>
    </message>
    <message>
        <source>Code of flow directions</source>
        <translation>流向编码方式</translation>
    </message>
    <message>
        <source>SAGA (0 to 7 from north)</source>
        <translation>SAGA（从正北起 0–7）</translation>
    </message>
    <message>
        <source>ESRI (1 to 128 from east)</source>
        <translation>ESRI（从正东起 1–128）</translation>
    </message>
    <message>
        <source>TauDEM (1 to 8 from east)</source>
        <translation>TauDEM（从正东起 1–8）</translation>
    </message>
    <message>
        <source>Edge contamination</source>
        <translation>边缘污染</translation>
    </message>
    <message>
        <source>Slope, aspect and curvatures</source>
        <translation>坡度、坡向和曲率</translation>
    </message>
    <message>
        <source>Slope, aspect and curvatures of a DEM, with the values of SAGA.</source>
        <translation>计算 DEM 的坡度、坡向和曲率，数值与 SAGA 一致。</translation>
    </message>
    <message>
        <source>Surface</source>
        <translation>拟合曲面</translation>
    </message>
    <message>
        <source>Zevenbergen and Thorne</source>
        <translation>Zevenbergen 和 Thorne</translation>
    </message>
    <message>
        <source>Horn</source>
        <translation>Horn</translation>
    </message>
    <message>
        <source>Evans</source>
        <translation>Evans</translation>
    </message>
    <message>
        <source>Unit of the slope</source>
        <translation>坡度单位</translation>
    </message>
    <message>
        <source>Radians</source>
        <translation>弧度</translation>
    </message>
    <message>
        <source>Degrees</source>
        <translation>度</translation>
    </message>
    <message>
        <source>Slope</source>
        <translation>坡度</translation>
    </message>
    <message>
        <source>Aspect</source>
        <translation>坡向</translation>
    </message>
    <message>
        <source>Curvatures</source>
        <translation>曲率</translation>
    </message>
    <message>
        <source>Topographic wetness index</source>
        <translation>地形湿度指数</translation>
    </message>
    <message>
        <source>Topographic wetness index of a DEM, ln(specific catchment area / tan slope): where water gathers.</source>
        <translation>计算 DEM 的地形湿度指数 ln（单位汇水面积 / 坡度正切）：指示水分汇聚的位置。</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>指数类型</translation>
    </message>
    <message>
        <source>Topographic wetness index (Beven and Kirkby)</source>
        <translation>地形湿度指数（Beven 和 Kirkby）</translation>
    </message>
    <message>
        <source>SAGA wetness index (Boehner)</source>
        <translation>SAGA 湿度指数（Böhner）</translation>
    </message>
    <message>
        <source>Index of TOPMODEL (Beven and Kirkby)</source>
        <translation>TOPMODEL 指数（Beven 和 Kirkby）</translation>
    </message>
    <message>
        <source>Transmissivity</source>
        <translation>导水系数</translation>
    </message>
    <message>
        <source>Compatible with</source>
        <translation>兼容性</translation>
    </message>
    <message>
        <source>Published formula</source>
        <translation>文献公式</translation>
    </message>
    <message>
        <source>SAGA</source>
        <translation>SAGA</translation>
    </message>
    <message>
        <source>Flow width</source>
        <translation>水流宽度</translation>
    </message>
    <message>
        <source>Across the direction of descent</source>
        <translation>垂直于下坡方向</translation>
    </message>
    <message>
        <source>Side of the cell</source>
        <translation>像元边长</translation>
    </message>
    <message>
        <source>Suction</source>
        <translation>吸力系数 (suction)</translation>
    </message>
    <message>
        <source>Weight of the slope</source>
        <translation>坡度权重</translation>
    </message>
    <message>
        <source>Area in the index</source>
        <translation>指数中的面积</translation>
    </message>
    <message>
        <source>Total catchment area</source>
        <translation>汇水总面积</translation>
    </message>
    <message>
        <source>Square root of the area</source>
        <translation>面积的平方根</translation>
    </message>
    <message>
        <source>Slope in the index</source>
        <translation>指数中的坡度</translation>
    </message>
    <message>
        <source>Slope of the cell</source>
        <translation>像元坡度</translation>
    </message>
    <message>
        <source>Mean slope of the catchment</source>
        <translation>汇水区平均坡度</translation>
    </message>
    <message>
        <source>Wetness index</source>
        <translation>湿度指数</translation>
    </message>
    <message>
        <source>Catchment area</source>
        <translation>汇水面积</translation>
    </message>
    <message>
        <source>Modified catchment area</source>
        <translation>修正汇水面积</translation>
    </message>
    <message>
        <source>Catchment slope</source>
        <translation>汇水区平均坡度</translation>
    </message>
    <message>
        <source>LS-factor</source>
        <translation>LS 因子</translation>
    </message>
    <message>
        <source>Slope length and steepness factor (LS) of the soil loss equations USLE and RUSLE, from a DEM.</source>
        <translation>由 DEM 计算土壤流失方程 USLE 和 RUSLE 的坡长坡度因子（LS）。</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>公式</translation>
    </message>
    <message>
        <source>Unit stream power (Moore)</source>
        <translation>单位水流功率（Moore）</translation>
    </message>
    <message>
        <source>Slope length from inflow (Desmet and Govers)</source>
        <translation>由来水面积求坡长（Desmet 和 Govers）</translation>
    </message>
    <message>
        <source>Wischmeier steepness (Boehner and Selige)</source>
        <translation>Wischmeier 坡度公式（Böhner 和 Selige）</translation>
    </message>
    <message>
        <source>Field based</source>
        <translation>按地块计算</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>地块</translation>
    </message>
    <message>
        <source>Water leaves at field borders</source>
        <translation>水流在地块边界处排出</translation>
    </message>
    <message>
        <source>Terrain factors</source>
        <translation>地形因子计算</translation>
    </message>
    <message>
        <source>Filled elevation, slope, aspect, catchment area, wetness index and LS-factor of a DEM in one run.</source>
        <translation>一次计算 DEM 的填洼高程、坡度、坡向、汇水面积、湿度指数和 LS 因子。</translation>
    </message>
    <message>
        <source>Formula of the LS-factor</source>
        <translation>LS 因子公式</translation>
    </message>
    <message>
        <source>Streams</source>
        <translation>河网</translation>
    </message>
    <message>
        <source>Stream lines and subbasins of a DEM, with stream order and the links above and below.</source>
        <translation>由 DEM 提取河网和子流域，包括河流级别和上下游河段。</translation>
    </message>
    <message>
        <source>Course through filled areas</source>
        <translation>河道穿过填洼区的路径</translation>
    </message>
    <message>
        <source>Along the old valley floor</source>
        <translation>沿原谷底</translation>
    </message>
    <message>
        <source>Shortest way to the outlet</source>
        <translation>沿最短路径至出口</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Threshold as area</source>
        <translation>以面积表示的阈值</translation>
    </message>
    <message>
        <source>Known streams to burn in</source>
        <translation>要刻入的已知河流</translation>
    </message>
    <message>
        <source>Burn-in depth</source>
        <translation>河流刻入深度</translation>
    </message>
    <message>
        <source>Outlets and inlets</source>
        <translation>出口和入口</translation>
    </message>
    <message>
        <source>Id of the outlets</source>
        <translation>出口编号</translation>
    </message>
    <message>
        <source>Maximum snap distance</source>
        <translation>最大捕捉距离</translation>
    </message>
    <message>
        <source>Simplify lines</source>
        <translation>线条简化</translation>
    </message>
    <message>
        <source>Rivers</source>
        <translation>河流</translation>
    </message>
    <message>
        <source>Order raster</source>
        <translation>河流级别栅格</translation>
    </message>
    <message>
        <source>Tree table</source>
        <translation>河网拓扑表</translation>
    </message>
    <message>
        <source>Coordinate table</source>
        <translation>坐标表</translation>
    </message>
    <message>
        <source>Subbasins</source>
        <translation>子流域</translation>
    </message>
    <message>
        <source>Subbasin raster</source>
        <translation>子流域栅格</translation>
    </message>
    <message>
        <source>Snapped outlets</source>
        <translation>捕捉后的出口</translation>
    </message>
    <message>
        <source>Flow directions</source>
        <translation>流向</translation>
    </message>
    <message>
        <source>Relate</source>
        <translation>关联分析</translation>
    </message>
    <message>
        <source>Correlate maps</source>
        <translation>土壤图相关分析</translation>
    </message>
    <message>
        <source>Correlation of maps with terrain or other factors, for the whole area, its halves and zones.</source>
        <translation>土壤图与地形等因子的相关性，按全区、两半区和分区计算。</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>土壤图</translation>
    </message>
    <message>
        <source>Factors</source>
        <translation>因子</translation>
    </message>
    <message>
        <source>Zones</source>
        <translation>分区</translation>
    </message>
    <message>
        <source>Name of the zones</source>
        <translation>分区名称字段</translation>
    </message>
    <message>
        <source>Borders of the strata</source>
        <translation>分层界限值</translation>
    </message>
    <message>
        <source>Common grid</source>
        <translation>公共网格</translation>
    </message>
    <message>
        <source>Trend to remove</source>
        <translation>去除的趋势</translation>
    </message>
    <message>
        <source>Plane</source>
        <translation>平面趋势</translation>
    </message>
    <message>
        <source>Western and eastern half</source>
        <translation>东西两半区</translation>
    </message>
    <message>
        <source>Rank correlation (Spearman)</source>
        <translation>秩相关（Spearman）</translation>
    </message>
    <message>
        <source>Property along streams</source>
        <translation>属性沿河网的变化</translation>
    </message>
    <message>
        <source>A mapped property by distance to streams and by stream order, compared with randomly placed streams.</source>
        <translation>按到河流的距离和河流级别统计土壤图的属性值，并与随机放置的河网对比。</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>土壤图</translation>
    </message>
    <message>
        <source>Borders of the distance classes in metres</source>
        <translation>距离分级界限（米）</translation>
    </message>
    <message>
        <source>Random placements</source>
        <translation>随机放置次数</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>变化曲线表</translation>
    </message>
    <message>
        <source>Report page</source>
        <translation>研究报告</translation>
    </message>
    <message>
        <source>Scores, plots, maps and tables of a study on one self-contained HTML page.</source>
        <translation>把一项研究的精度、图、表和土壤图汇集为一个独立的 HTML 网页。</translation>
    </message>
    <message>
        <source>Property models</source>
        <translation>属性模型</translation>
    </message>
    <message>
        <source>Property maps</source>
        <translation>属性图</translation>
    </message>
    <message>
        <source>Terrain layers</source>
        <translation>地形图层</translation>
    </message>
    <message>
        <source>Correlation table</source>
        <translation>相关系数表</translation>
    </message>
    <message>
        <source>Profiles along streams</source>
        <translation>沿河网变化表</translation>
    </message>
    <message>
        <source>Selected bands</source>
        <translation>选中的波段</translation>
    </message>
    <message>
        <source>Comparisons of models</source>
        <translation>模型对比</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>What tilth needs, what is installed, what is missing and how to get it.</source>
        <translation>列出 tilth 所需的组件、已安装的组件、缺少的组件及其安装方法。</translation>
    </message>
</context>
</TS>
