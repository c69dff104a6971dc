#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the graphical models that come with the plugin, tilth_qgis/models/*.model3, from the descriptions of the tools.

    make_models.py                    writes them all; run it after a tool that they use has changed
    qgis_process run "tilth:Samples to map" --scene=scene.tif --samples=samples.gpkg --property=SOM_g_kg --unit=g/kg
        --train:model=model.json --map:soil_map=map.tif

Open one in QGIS with Processing > Graphical Modeler to look at it or to change it.
"""

import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, 'tilth_qgis', 'models')
SETTINGS = tempfile.mkdtemp(prefix='tilth-model-')
os.environ['QGIS_CUSTOM_CONFIG_PATH'] = SETTINGS
os.environ['QT_HASH_SEED'] = '0'  # the same model always makes the same file
os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from qgis.core import (QgsApplication, QgsProcessing, QgsProcessingModelAlgorithm,  # noqa: E402  after the path is set
                       QgsProcessingModelChildAlgorithm, QgsProcessingModelChildParameterSource,
                       QgsProcessingModelOutput, QgsProcessingModelParameter,
                       QgsProcessingParameterFeatureSource, QgsProcessingParameterField, QgsProcessingParameterFile,
                       QgsProcessingParameterRasterLayer, QgsProcessingParameterString)
from qgis.PyQt.QtCore import QPointF  # noqa: E402  after the path is set

Source = QgsProcessingModelChildParameterSource
Layers = QgsProcessing.SourceType
Fields = QgsProcessingParameterField.DataType
GROUP = '0. Whole studies'

def _field(name, label, optional, kind):
    return QgsProcessingParameterField(name, label, None, 'samples', kind, False, optional)


# name of an input -> (how it is made, its help)
INPUTS = {
    'scene': (lambda name: QgsProcessingParameterRasterLayer(name, 'Scene'),
              'Reflectance in many bands with their wavelengths, such as GF-5, ZY1-02D, PRISMA or EnMAP.'),
    'samples': (lambda name: QgsProcessingParameterFeatureSource(name, 'Soil samples', [Layers.TypeVectorPoint]),
                'Point layer of the soil samples with the measured values, in any coordinate reference system. With fewer than 40 '
                'samples the scores of the model are very uncertain; 80 or more are better.'),
    'property': (lambda name: _field(name, 'Property', False, Fields.Numeric),
                 'Field with the measured values. Samples without a number there are left out and listed.'),
    'unit': (lambda name: QgsProcessingParameterString(name, 'Unit of the property', None, False, True),
             'Unit of the measured values, such as g/kg or mg/kg. By default it is read from a field name such as SOM (g/kg).'),
    'id_field': (lambda name: _field(name, 'Sample id', True, Fields.Any),
                 'Field with the ids of the samples, by which samples and lab spectra are matched. It is needed only with lab spectra.'),
    'lab': (lambda name: QgsProcessingParameterFile(name, 'Lab spectra', QgsProcessingParameterFile.Behavior.File, '', None, True,
                                                    'Spectra (*.csv *.txt);;All files (*)'),
            'Table with the id of the sample in the first column and one column per wavelength. With it the model learns from spectra '
            'that were measured in the laboratory; without it, from the spectra of the scene.'),
    'dem': (lambda name: QgsProcessingParameterRasterLayer(name, 'Elevation (m)'),
            'Digital elevation model (DEM) in metres. It must cover the map; a margin around it keeps catchments complete.'),
    'map': (lambda name: QgsProcessingParameterRasterLayer(name, 'Soil map'),
            'Map of a soil property, such as the output of Map a property; its first band is used.'),
}


def given(*names):
    return [Source.fromModelParameter(name) for name in names]


def child(*pairs):
    return [Source.fromChildOutput(key, output) for key, output in pairs]


class Model:
    """A model drawn from top to bottom: inputs in a row, then one step below the other."""

    def __init__(self, name, title, text, inputs):
        self.model = QgsProcessingModelAlgorithm(title, GROUP, '')
        self.model.setName(title)
        self.name = name
        # The help panel of a model is made from this; an output is known there as <step>:<name>.
        self.help = {'ALG_DESC': text, 'ALG_CREATOR': 'tilth', 'ALG_VERSION': '1'}
        self.rows = 0
        for column, name_of_input in enumerate(inputs):
            make, sentences = INPUTS[name_of_input]
            parameter = make(name_of_input)
            parameter.setHelp(sentences)
            self.help[name_of_input] = sentences
            component = QgsProcessingModelParameter(name_of_input)
            component.setPosition(QPointF(140 + 220 * column, 60))
            self.model.addModelParameter(parameter, component)

    def step(self, key, tool, text, values, outputs):
        """values: parameter -> list of sources. outputs: output of the tool -> (name, label) of the model's output."""
        self.rows += 1
        step = QgsProcessingModelChildAlgorithm('tilth:' + tool)
        step.setChildId(key)
        step.setDescription(text)
        step.setPosition(QPointF(360, 70 + 130 * self.rows))
        for name, sources in values.items():
            step.addParameterSources(name, sources)
        # As the model designer does, every other value is stored with its default.
        for parameter in step.algorithm().parameterDefinitions():
            if parameter.name() not in values and parameter.defaultValue() is not None:
                step.addParameterSources(parameter.name(), [Source.fromStaticValue(parameter.defaultValue())])
        made = {}
        for row, (output, (name, label)) in enumerate(outputs.items()):
            result = QgsProcessingModelOutput(name, label)
            result.setChildId(key)
            result.setChildOutputName(output)
            result.setPosition(QPointF(600, 130 + 130 * self.rows + 50 * row))
            # Later steps read these files, so none can be skipped; without a name each is a temporary file.
            result.setMandatory(True)
            result.setDefaultValue(QgsProcessing.TEMPORARY_OUTPUT)
            made[name] = result
            self.help[f'{key}:{name}'] = step.algorithm().parameterDefinition(output).help()
        step.setModelOutputs(made)
        self.model.addChildAlgorithm(step)

    def problems(self):
        return [f'{self.name}, {key}: {", ".join(found)}' for key in self.model.childAlgorithms()
                for ok, found in [self.model.validateChildAlgorithm(key)] if not ok]

    def write(self):
        self.model.setHelpContent(self.help)
        path = os.path.join(MODELS, self.name + '.model3')
        return path if self.model.toFile(path) else None


def train_and_map(model):
    model.step('train', 'trainmodel', 'Train a property model',
               {'SCENE': given('scene'), 'SAMPLES': given('samples'), 'PROPERTY': given('property'),
                'UNIT': given('unit'), 'ID_FIELD': given('id_field'), 'LAB': given('lab')},
               {'OUTPUT': ('model', 'Property model')})
    model.step('map', 'mapproperty', 'Map the property',
               {'SCENE': given('scene'), 'MODEL': child(('train', 'OUTPUT'))}, {'OUTPUT': ('soil_map', 'Soil map')})


def terrain(model):
    model.step('terrain', 'terrainfactors', 'Derive the terrain factors', {'DEM': given('dem')},
               {'SLOPE': ('slope', 'Slope'), 'TWI': ('twi', 'Topographic wetness index'), 'LS': ('ls', 'LS-factor')})
    model.step('streams', 'streams', 'Trace the streams', {'DEM': given('dem')}, {'OUTPUT': ('stream_lines', 'Streams')})
    return child(('terrain', 'SLOPE'), ('terrain', 'TWI'), ('terrain', 'LS'))


def relate(model, soil_map, factors):
    model.step('relate', 'correlatemaps', 'Relate the map to the terrain', {'MAPS': soil_map, 'FACTORS': factors},
               {'OUTPUT': ('correlations', 'Correlations')})
    model.step('profile', 'streamprofile', 'Compute the property along streams',
               {'MAP': soil_map, 'STREAMS': child(('streams', 'OUTPUT'))}, {'OUTPUT': ('profile', 'Property along streams')})


def samples_to_map():
    model = Model('samplestomap', 'Samples to map',
                  'Trains a model of a soil property from a scene and soil samples and maps the property with its prediction '
                  'interval and the area where the model applies. Lab spectra, if you have them, are '
                  'added to the training; they are joined to the samples by the field with the names of the samples.',
                  ('scene', 'samples', 'property', 'unit', 'id_field', 'lab'))
    train_and_map(model)
    return model


def map_to_terrain():
    model = Model('maptoterrain', 'Map to terrain correlation',
                  'Derives slope, wetness index, LS-factor and streams from an elevation model and relates a soil map to them: '
                  'correlations with their effective number of cells, and the property along the streams.',
                  ('map', 'dem'))
    relate(model, given('map'), terrain(model))
    return model


def scene_to_everything():
    model = Model('scenetoeverything', 'Scene to everything',
                  'A whole study: a model of a soil property, its map, terrain factors, streams, their relation to the map, '
                  'and a report page about all of them.',
                  ('scene', 'samples', 'property', 'unit', 'id_field', 'lab', 'dem'))
    train_and_map(model)
    factors = terrain(model)
    relate(model, child(('map', 'OUTPUT')), factors)
    model.step('report', 'report', 'Write the report',
               {'MODELS': child(('train', 'OUTPUT')), 'MAPS': child(('map', 'OUTPUT')), 'TERRAIN': factors,
                'STREAMS': child(('streams', 'OUTPUT')), 'CORRELATION': child(('relate', 'OUTPUT')),
                'PROFILES': child(('profile', 'OUTPUT'))}, {'OUTPUT': ('page', 'Report')})
    return model


def main():
    app = QgsApplication([], False)
    app.initQgis()
    from tilth_qgis.provider import TilthProvider

    provider = TilthProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    os.makedirs(MODELS, exist_ok=True)
    code = 0
    for make in (samples_to_map, map_to_terrain, scene_to_everything):
        model = make()
        problems = model.problems()
        path = None if problems else model.write()
        print('\n'.join(problems) or path)
        code = code or (0 if path else 1)
    shutil.rmtree(SETTINGS, ignore_errors=True)
    sys.stdout.flush()
    os._exit(code)


if __name__ == '__main__':
    main()
