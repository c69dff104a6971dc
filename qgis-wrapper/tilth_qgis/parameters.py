# SPDX-License-Identifier: GPL-2.0-or-later
"""From descriptor to QGIS parameter, and from QGIS value to JSON value: one table of kinds.

`make(arg)` builds the parameter; `read(algorithm, arg, parameters, context)` returns the value for the JSON object.
No tool and no parameter is known here by name.
"""

import math
import os

from qgis.core import (QgsProcessing, QgsProcessingException, QgsProcessingOutputLayerDefinition,
                       QgsProcessingParameterBoolean,
                       QgsProcessingParameterDefinition, QgsProcessingParameterEnum,
                       QgsProcessingParameterFeatureSource, QgsProcessingParameterField,
                       QgsProcessingParameterFile, QgsProcessingParameterFileDestination,
                       QgsProcessingParameterMultipleLayers, QgsProcessingParameterNumber,
                       QgsProcessingParameterRasterDestination, QgsProcessingParameterRasterLayer,
                       QgsProcessingParameterString, QgsProcessingParameterVectorDestination, QgsProcessingUtils,
                       QgsProperty)

from . import memory
from .translation import tr

Source = QgsProcessing.SourceType
LARGEST_INTEGER = 2147483647
PLAIN = ('number', 'integer', 'flag', 'choice', 'text')


def name_of(arg):
    """The QGIS name of a parameter: an API, as its id is."""
    return arg['id'].upper()


def label_of(arg):
    label = tr(arg['label'])
    return f'{label} ({arg["unit"]})' if arg.get('unit') else label


class VrtDestination(QgsProcessingParameterRasterDestination):
    """A raster destination whose file is a VRT; QGIS itself would offer the format of the provider."""

    def clone(self):
        copy = VrtDestination(self.name(), self.description(), self.defaultValue(),
                              bool(self.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional),
                              self.createByDefault())
        copy.setFlags(self.flags())
        copy.setHelp(self.help())
        return copy

    def defaultFileExtension(self):
        return 'vrt'

    def createFileFilter(self):
        return 'Virtual raster (*.vrt *.VRT)'

    def supportedOutputRasterLayerExtensions(self):
        return ['vrt']


# ---- values ----------------------------------------------------------------------------------------


def _unseen(layer, arg):
    """Sentences about settings of the layer that are not in its file, because the engine reads only the file."""
    provider = layer.dataProvider()
    notes = []
    if any(provider.userNoDataValues(band) or (provider.sourceHasNoDataValue(band)
                                               and not provider.useSourceNoDataValue(band))
           for band in range(1, provider.bandCount() + 1)):
        notes.append(tr('{}: the NoData settings of the layer "{}" are not in its file and are not used; to use '
                        'them, save the layer to a new file first').format(label_of(arg), layer.name()))
    if layer.crs().isValid() and layer.crs() != provider.crs():
        notes.append(tr('{}: the layer "{}" has the projection {}, but its file has {}, which is used; to change that, '
                        'assign the projection to the file').format(label_of(arg), layer.name(), layer.crs().authid(),
                                                              provider.crs().authid() or tr('nothing')))
    return notes


def _layer_source(layer, arg, notes):
    if layer is None or not layer.isValid():
        raise QgsProcessingException(tr('{}: the raster layer cannot be opened').format(label_of(arg)))
    if layer.dataProvider().name() != 'gdal':
        raise QgsProcessingException(
            tr('{}: the layer "{}" comes from "{}", but it must be a raster file; save it as GeoTIFF first').format(
                label_of(arg), layer.name(), layer.dataProvider().name()))
    if notes is not None:
        notes.extend(_unseen(layer, arg))
    # With the open options that QGIS appends to the path: the engine opens the file with them.
    return layer.source()


def _raster(algorithm, arg, parameters, context, notes=None):
    return _layer_source(algorithm.parameterAsRasterLayer(parameters, name_of(arg), context), arg, notes)


def _rasters(algorithm, arg, parameters, context, notes=None):
    layers = algorithm.parameterAsLayerList(parameters, name_of(arg), context)
    return [_layer_source(layer, arg, notes) for layer in layers]


def _figure(value):
    """A number without an empty fraction, so that 3000000000 is not shown as 3e+09."""
    return str(int(value)) if float(value).is_integer() else str(value)


def _limits(arg):
    """The smallest and the largest value, None for no limit. Integers have the limits of QGIS's spin box, which also
    needs one value below the smallest for "not set"; beyond them it would silently use another number."""
    low, high = arg.get('min'), arg.get('max')
    if arg['kind'] == 'integer':
        low = -LARGEST_INTEGER if low is None else max(low, -LARGEST_INTEGER)
        high = LARGEST_INTEGER if high is None else min(high, LARGEST_INTEGER)
    return low, high


def limits_text(arg):
    """The limits of a number for the user, or ''."""
    low, high = _limits(arg)
    if low is None:
        return '' if high is None else tr('at most {}').format(_figure(high))
    return tr('at least {}').format(_figure(low)) if high is None else tr('from {} to {}').format(_figure(low), _figure(high))


def _number(algorithm, arg, parameters, context):
    """The number as it was given: QGIS converts what is no number to the default, and integers beyond 2^31 to 0."""
    value = parameters.get(name_of(arg))
    if isinstance(value, QgsProperty):
        value = value.value(context.expressionContext())[0]
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    low, high = _limits(arg)
    whole = arg['kind'] == 'integer'
    if (not math.isfinite(number) or (whole and not number.is_integer()) or (low is not None and number < low)
            or (high is not None and number > high)):
        kind = tr('a whole number') if whole else tr('a number')
        wanted = f'{kind} {limits_text(arg)}'.strip()
        raise QgsProcessingException(tr('{}: found {}, but {} is needed').format(label_of(arg), value, wanted))
    return int(number) if whole else number


def _flag(algorithm, arg, parameters, context):
    return algorithm.parameterAsBoolean(parameters, name_of(arg), context)


def _choice(algorithm, arg, parameters, context):
    return algorithm.parameterAsEnumString(parameters, name_of(arg), context)


def _text(algorithm, arg, parameters, context):
    return algorithm.parameterAsString(parameters, name_of(arg), context)


def _file(algorithm, arg, parameters, context):
    return algorithm.parameterAsFile(parameters, name_of(arg), context)


def _files(algorithm, arg, parameters, context):
    return algorithm.parameterAsFileList(parameters, name_of(arg), context)


def _field(algorithm, arg, parameters, context):
    # The first name is newer than QGIS 3.22, the second is deprecated.
    read = getattr(algorithm, 'parameterAsStrings', None) or algorithm.parameterAsFields
    names = read(parameters, name_of(arg), context)
    return names[0] if names else ''


# ---- parameters ------------------------------------------------------------------------------------


def _is_optional(arg):
    """Plain values with a default are always there in QGIS, so they need no "[optional]" in the dialog. QGIS 3.22
    would report other parameters as missing although they have a default; for those the engine fills it in."""
    if arg['kind'] in PLAIN and arg.get('default'):
        return False
    return bool(arg['optional'])


def _make_number(arg, kind):
    number = float if kind == QgsProcessingParameterNumber.Type.Double else (lambda text: int(float(text)))
    low, high = _limits(arg)
    limits = {name: value for name, value in (('minValue', low), ('maxValue', high)) if value is not None}
    default = arg.get('default')
    return QgsProcessingParameterNumber(name_of(arg), label_of(arg), kind,
                                        None if default is None else number(default), _is_optional(arg), **limits)


def _make_flag(arg):
    return QgsProcessingParameterBoolean(name_of(arg), label_of(arg),
                                         arg.get('default', 'no').lower() in ('yes', 'true', '1'), _is_optional(arg))


def _make_choice(arg):
    """The ids are the values, so that models, scripts and the history do not depend on the language; see choices.py."""
    parameter = QgsProcessingParameterEnum(name_of(arg), label_of(arg), [word.strip() for word in arg['choices']], False,
                                           arg.get('default'), _is_optional(arg), True)
    labels = arg.get('labels', [])
    if len(labels) == len(arg['choices']):
        parameter.setMetadata({'widget_wrapper': {'class': __package__ + '.choices.Choice',
                                                  'labels': [tr(label) for label in labels]}})
    return parameter


def _make_file(arg, file_filter):
    return QgsProcessingParameterFile(name_of(arg), label_of(arg), QgsProcessingParameterFile.Behavior.File, '',
                                      arg.get('default'), _is_optional(arg), file_filter)


def _make_source(arg, source_type):
    return QgsProcessingParameterFeatureSource(name_of(arg), label_of(arg), [source_type], arg.get('default'),
                                               _is_optional(arg))


def _make_list(arg, source_type):
    return QgsProcessingParameterMultipleLayers(name_of(arg), label_of(arg), source_type, None, _is_optional(arg))


def _make_field(arg):
    numeric = bool(arg.get('numeric'))
    kind = QgsProcessingParameterField.DataType.Numeric if numeric else QgsProcessingParameterField.DataType.Any
    parameter = QgsProcessingParameterField(name_of(arg), label_of(arg), arg.get('default'),
                                            (arg.get('parent') or '').upper(), kind, False, _is_optional(arg))
    parameter.setMetadata({'widget_wrapper': {'class': __package__ + '.fields.Field', 'numeric': numeric}})
    return parameter


def _make_layer_output(arg, parameter):
    return parameter(name_of(arg), label_of(arg), optional=_is_optional(arg), createByDefault=not _is_optional(arg))


def _make_vector_output(arg):
    return QgsProcessingParameterVectorDestination(name_of(arg), label_of(arg), Source.TypeVectorAnyGeometry, None,
                                                   _is_optional(arg), not _is_optional(arg))


def _make_file_output(arg, file_filter):
    return QgsProcessingParameterFileDestination(name_of(arg), label_of(arg), file_filter, None, _is_optional(arg),
                                                 not _is_optional(arg))


SPECTRA_FILES = 'Spectra (*.csv *.txt);;All files (*)'
MODEL_FILES = 'Models (*.json);;All files (*)'
ALL_FILES = 'All files (*)'

# kind -> (how the parameter is made, how its value is read)
INPUTS = {
    'raster': (lambda arg: QgsProcessingParameterRasterLayer(name_of(arg), label_of(arg), arg.get('default'),
                                                             _is_optional(arg)), _raster),
    'rasters': (lambda arg: _make_list(arg, Source.TypeRaster), _rasters),
    'spectra': (lambda arg: _make_file(arg, SPECTRA_FILES), _file),
    'model': (lambda arg: _make_file(arg, MODEL_FILES), _file),
    'file': (lambda arg: _make_file(arg, ALL_FILES), _file),
    'files': (lambda arg: _make_list(arg, Source.TypeFile), _files),
    'field': (_make_field, _field),
    'number': (lambda arg: _make_number(arg, QgsProcessingParameterNumber.Type.Double), _number),
    'integer': (lambda arg: _make_number(arg, QgsProcessingParameterNumber.Type.Integer), _number),
    'flag': (_make_flag, _flag),
    'choice': (_make_choice, _choice),
    'text': (lambda arg: QgsProcessingParameterString(name_of(arg), label_of(arg), arg.get('default'), False,
                                                      _is_optional(arg)), _text),
}

# Vector layers are not plain values: they are written to a file first; see vectors.py.
SOURCES = {
    'points': lambda arg: _make_source(arg, Source.TypeVectorPoint),
    'polygons': lambda arg: _make_source(arg, Source.TypeVectorPolygon),
    'lines': lambda arg: _make_source(arg, Source.TypeVectorLine),
}

LAYER_OUTPUTS = {
    'raster_out': lambda arg: _make_layer_output(arg, QgsProcessingParameterRasterDestination),
    'vector_out': _make_vector_output,
    'vrt_out': lambda arg: _make_layer_output(arg, VrtDestination),
}

FILE_OUTPUTS = {
    'spectra_out': lambda arg: _make_file_output(arg, 'Spectra (*.csv)'),
    'table_out': lambda arg: _make_file_output(arg, 'Tables (*.csv)'),
    'model_out': lambda arg: _make_file_output(arg, 'Models (*.json)'),
    'report_out': lambda arg: _make_file_output(arg, 'HTML files (*.html)'),
}


def make(arg):
    """The QGIS parameter of one descriptor argument; KeyError for a kind that this plugin does not know."""
    kind = arg['kind']
    if kind in INPUTS:
        parameter = INPUTS[kind][0](arg)
    elif kind in SOURCES:
        parameter = SOURCES[kind](arg)
    elif kind in LAYER_OUTPUTS:
        parameter = LAYER_OUTPUTS[kind](arg)
    else:
        parameter = FILE_OUTPUTS[kind](arg)
    parameter.setHelp(arg.get('help', ''))
    if arg.get('advanced'):
        parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
    return parameter


def read(algorithm, arg, parameters, context, notes=None):
    """The JSON value of a plain input, or None when it is not set. Sentences about settings of a layer that
    are not in its file are added to the list notes."""
    if parameters.get(name_of(arg)) is None:
        return None
    if arg['kind'] in ('raster', 'rasters'):
        value = INPUTS[arg['kind']][1](algorithm, arg, parameters, context, notes)
    else:
        value = INPUTS[arg['kind']][1](algorithm, arg, parameters, context)
    return None if value in ('', []) else value


def planned_output(parameter, value, context):
    """Where an output would be written, without asking QGIS for it, which would then load the layer; or None."""
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    if isinstance(value, QgsProperty):
        value = value.valueAsString(context.expressionContext(), '')[0]
    if value is None and parameter.createByDefault():
        value = QgsProcessing.TEMPORARY_OUTPUT
    if memory.is_wanted(value) and not isinstance(parameter, QgsProcessingParameterVectorDestination):
        raise QgsProcessingException(
            tr('{}: only vector layers can be kept in memory; name a file or use {}').format(
                parameter.description(), QgsProcessing.TEMPORARY_OUTPUT))
    if value == QgsProcessing.TEMPORARY_OUTPUT or memory.is_wanted(value):
        extension = parameter.defaultFileExtension()
        return os.path.join(QgsProcessingUtils.tempFolder(), f'{parameter.name()}.{extension}')
    if value and isinstance(parameter, QgsProcessingParameterVectorDestination):
        known = parameter.supportedOutputVectorLayerExtensions()
        if os.path.splitext(str(value))[1][1:].lower() not in known:
            raise QgsProcessingException(tr('{}: the file {} must end in .{}').format(parameter.description(), value,
                                                                                   ' or .'.join(known)))
    return str(value) if value else None
