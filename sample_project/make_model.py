#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the graphical model soil_study.model3: samples -> property model -> map -> correlation with terrain.

    make_model.py                     writes sample_project/soil_study.model3
    qgis_process run soil_study.model3 --scene=scene.tif --samples=samples.gpkg --property=SOM_g_kg --unit=g/kg
        --factors=slope.tif --factors=twi.tif --train:model=model.json --map:soil_map=map.tif
        --relate:correlations=correlation.csv

Open it in QGIS with Processing > Graphical Modeler to look at it or to change it.
"""

import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = tempfile.mkdtemp(prefix='tilth-model-')
os.environ['QGIS_CUSTOM_CONFIG_PATH'] = SETTINGS
os.environ['QT_HASH_SEED'] = '0'  # the same model gives the same file
os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'qgis-wrapper'))
sys.dont_write_bytecode = True

from qgis.core import (QgsApplication, QgsProcessing, QgsProcessingModelAlgorithm,  # noqa: E402  after the path is set
                       QgsProcessingModelChildAlgorithm, QgsProcessingModelChildParameterSource,
                       QgsProcessingModelOutput, QgsProcessingModelParameter, QgsProcessingParameterFeatureSource,
                       QgsProcessingParameterField, QgsProcessingParameterMultipleLayers,
                       QgsProcessingParameterRasterLayer, QgsProcessingParameterString)
from qgis.PyQt.QtCore import QPointF  # noqa: E402  after the path is set

Source = QgsProcessingModelChildParameterSource
Layers = QgsProcessing.SourceType


def add_input(model, parameter, x, y):
    component = QgsProcessingModelParameter(parameter.name())
    component.setPosition(QPointF(x, y))
    model.addModelParameter(parameter, component)


def add_inputs(model):
    add_input(model, QgsProcessingParameterRasterLayer('scene', 'Scene'), 140, 60)
    add_input(model, QgsProcessingParameterFeatureSource('samples', 'Soil samples', [Layers.TypeVectorPoint]), 360, 60)
    add_input(model, QgsProcessingParameterField('property', 'Property', 'SOM_g_kg', 'samples'), 580, 60)
    add_input(model, QgsProcessingParameterString('unit', 'Unit of the property', 'g/kg'), 800, 60)
    add_input(model, QgsProcessingParameterMultipleLayers('factors', 'Terrain factors', Layers.TypeRaster), 1020, 60)


def add_step(model, key, tool, text, values, outputs, x, y):
    """values: parameter -> list of sources. outputs: output of the tool -> (name, label) of the model's output."""
    step = QgsProcessingModelChildAlgorithm(tool)
    step.setChildId(key)
    step.setDescription(text)
    step.setPosition(QPointF(x, y))
    for name, sources in values.items():
        step.addParameterSources(name, sources)
    # As the model designer does, every other value is written down with its default.
    for parameter in step.algorithm().parameterDefinitions():
        if parameter.name() not in values and parameter.defaultValue() is not None:
            step.addParameterSources(parameter.name(), [Source.fromStaticValue(parameter.defaultValue())])
    made = {}
    for row, (output, (name, label)) in enumerate(outputs.items()):
        result = QgsProcessingModelOutput(name, label)
        result.setChildId(key)
        result.setChildOutputName(output)
        result.setPosition(QPointF(x + 240, y + 60 + 50 * row))
        made[name] = result
    step.setModelOutputs(made)
    model.addChildAlgorithm(step)


def make():
    model = QgsProcessingModelAlgorithm('Soil study', 'tilth', 'soilstudy')
    add_inputs(model)
    given = {name: [Source.fromModelParameter(name)] for name in ('scene', 'samples', 'property', 'unit', 'factors')}
    add_step(model, 'train', 'tilth:trainmodel', 'Train a property model',
             {'SCENE': given['scene'], 'SAMPLES': given['samples'], 'PROPERTY': given['property'],
              'UNIT': given['unit']}, {'OUTPUT': ('model', 'Property model')}, 360, 200)
    add_step(model, 'map', 'tilth:mapproperty', 'Map the property',
             {'SCENE': given['scene'], 'MODEL': [Source.fromChildOutput('train', 'OUTPUT')]},
             {'OUTPUT': ('soil_map', 'Soil map')}, 360, 330)
    add_step(model, 'relate', 'tilth:correlatemaps', 'Relate it to the terrain',
             {'MAPS': [Source.fromChildOutput('map', 'OUTPUT')], 'FACTORS': given['factors']},
             {'OUTPUT': ('correlations', 'Correlations')}, 360, 460)
    return model


def main():
    path = os.path.join(HERE, 'soil_study.model3')
    app = QgsApplication([], False)
    app.initQgis()
    from tilth_qgis.provider import TilthProvider

    provider = TilthProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    model = make()
    problems = [f'{key}: {", ".join(found)}' for key in model.childAlgorithms()
                for ok, found in [model.validateChildAlgorithm(key)] if not ok]
    code = 0 if not problems and model.toFile(path) else 1
    print('\n'.join(problems) or path)
    shutil.rmtree(SETTINGS, ignore_errors=True)
    sys.stdout.flush()
    os._exit(code)


if __name__ == '__main__':
    main()
