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
                       QgsProcessingParameterMultipleLayers, QgsProcessingParameterRasterLayer,
                       QgsProcessingParameterString)
from qgis.PyQt.QtCore import QPointF  # noqa: E402  after the path is set

Source = QgsProcessingModelChildParameterSource
Layers = QgsProcessing.SourceType
GROUP = '0. Whole studies'

INPUTS = {
    'scene': lambda name: QgsProcessingParameterRasterLayer(name, 'Scene'),
    'samples': lambda name: QgsProcessingParameterFeatureSource(name, 'Soil samples', [Layers.TypeVectorPoint]),
    'property': lambda name: QgsProcessingParameterField(name, 'Property', None, 'samples'),
    'unit': lambda name: QgsProcessingParameterString(name, 'Unit of the property, such as g/kg'),
    'id_field': lambda name: QgsProcessingParameterField(
        name, 'Field with the names of the samples (needed with lab spectra)', None, 'samples', optional=True),
    'lab': lambda name: QgsProcessingParameterFile(
        name, 'Lab spectra', QgsProcessingParameterFile.Behavior.File, '', None, True,
        'Spectra (*.csv *.txt);;All files (*)'),
    'dem': lambda name: QgsProcessingParameterRasterLayer(name, 'Elevation (m)'),
    'map': lambda name: QgsProcessingParameterRasterLayer(name, 'Soil map'),
    'factors': lambda name: QgsProcessingParameterMultipleLayers(name, 'Terrain factors', Layers.TypeRaster),
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
        self.model.setHelpContent({'ALG_DESC': text, 'ALG_CREATOR': 'tilth', 'ALG_VERSION': '1'})
        self.rows = 0
        for column, name_of_input in enumerate(inputs):
            parameter = INPUTS[name_of_input](name_of_input)
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
            made[name] = result
        step.setModelOutputs(made)
        self.model.addChildAlgorithm(step)

    def problems(self):
        return [f'{self.name}, {key}: {", ".join(found)}' for key in self.model.childAlgorithms()
                for ok, found in [self.model.validateChildAlgorithm(key)] if not ok]

    def write(self):
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
