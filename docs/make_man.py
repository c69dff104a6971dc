# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page tilth(1) as mdoc text, from the description of the tools; docs/make_reference.py writes it."""


def escape(text):
    """Text that roff prints as it stands."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def tools(description):
    lines, group = [], None
    for tool in description["algorithms"]:
        if tool["group"] != group:
            lines += [".El"] if group else []
            group = tool["group"]
            lines += [f".Ss {escape(group)}", '.Bl -tag -width "spectracorrelation"']
        lines += [f".It Cm {tool['id']}", escape(tool["summary"])]
    return lines + [".El"]


def page(description):
    return HEAD.replace("@VERSION@", description["version"]) + "\n".join(tools(description)) + "\n" + TAIL


HEAD = r""".\" SPDX-License-Identifier: GPL-2.0-or-later
.\" Made by docs/make_reference.py from the description of the tools.
.Dd $Mdocdate$
.Dt TILTH 1
.Os "tilth @VERSION@"
.Sh NAME
.Nm tilth
.Nd soil maps from hyperspectral scenes
.Sh SYNOPSIS
.Nm
.Ar tool
.Op Fl \-name Ar value ...
.Op Fl \-threads Ar n
.Op Fl \-memory Ar MiB
.Op Fl \-quiet
.Op Fl \-json
.Nm
.Cm help
.Op Ar tool
.Nm
.Cm describe
.Op Ar tool
.Fl \-json
.Nm
.Cm run
.Ar tool
.Nm
.Cm version
.Sh DESCRIPTION
From a hyperspectral satellite scene, laboratory spectra and chemistry of soil samples, and a digital elevation model,
.Nm
makes maps of soil properties with their prediction intervals and area of applicability, terrain layers and streams,
correlations between them, and a report.
.Pp
Parameters are given as
.Fl \-name Ar value
or
.Fl \-name Ns = Ns Ar value ;
lists take several values, and a flag alone means yes.
Numbers have a decimal point whatever the locale.
Rasters may be any name that GDAL understands; a layer of a vector file is named
.Ar file Ns |layername= Ns Ar layer .
.Cm help Ar tool
shows the parameters of a tool with units and ranges, an example, and the source of its formulas.
.Cm run
takes parameters as a JSON object on standard input and prints JSON lines.
.Pp
The options common to all tools:
.Bl -tag -width "\-\-threads n"
.It Fl \-threads Ar n
processors to use, 0 for all; the result does not depend on it
.It Fl \-memory Ar MiB
bound for large buffers; the result does not depend on it
.It Fl \-quiet
print nothing but errors
.It Fl \-json
print the result as one JSON object
.El
.Sh TOOLS
"""

TAIL = r""".Sh ENVIRONMENT
.Bl -tag -width "GDAL_DRIVER_PATH"
.It Ev TILTH_SHARE
folder of the shared files, when it is not where it was installed
.It Ev TILTH_PYTHON
Python for the report, instead of
.Pa /usr/bin/python3
.It Ev GDAL_DRIVER_PATH
folder of
.Pa gdal_TILTH.so ,
for virtual rasters
.El
.Sh EXIT STATUS
.Bl -tag -width "130"
.It 0
done; every output is in place
.It 2
usage: a parameter is unknown, missing, of the wrong kind or out of range
.It 3
the data or a file is the reason
.It 130
cancelled
.El
.Pp
Outputs appear whole or not at all.
.Sh EXAMPLES
Train a model of organic matter, map it, and put both into a report:
.Bd -literal -offset indent
tilth trainmodel \-\-scene scene.tif \-\-samples samples.gpkg \-\-id_field id \e
  \-\-property SOM_g_kg \-\-unit g/kg \-\-lab lab.csv \-\-output som.json
tilth mapproperty \-\-scene scene.tif \-\-model som.json \-\-output som.tif
tilth report \-\-models som.json \-\-maps som.tif \-\-output report.html
.Ed
.Sh SEE ALSO
.Xr gdal_translate 1 ,
.Xr gdalinfo 1 ,
.Xr qgis 1
.Pp
The documentation lies in
.Pa /usr/share/doc/tilth/html
where the package was installed.
"""
