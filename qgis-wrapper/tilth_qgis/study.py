# SPDX-License-Identifier: GPL-2.0-or-later
"""The job "map soil from samples" as a list of steps, and its run. No widgets and no layers: paths and names only.

This file and the wizard know tools by name, because a job is made of particular tools; the provider does not.
"""

import dataclasses
import os
import re

from .engine import EngineError
from .translation import tr

UNITS = (('mg_kg', 'mg/kg'), ('ug_kg', 'ug/kg'), ('g_kg', 'g/kg'), ('g_100g', 'g/100g'), ('percent', '%'), ('pct', '%'),
         ('perc', '%'), ('%', '%'), ('ppm', 'mg/kg'))
PROPERTIES = ('som', 'soc', 'organic', 'as', 'cu', 'pb', 'zn', 'cd', 'cr', 'ni', 'hg', 'clay', 'sand', 'silt', 'ph', 'tn')
NAMES = ('id', 'sample', 'sample_id', 'sampleid', 'name', 'code', 'no', 'label')


@dataclasses.dataclass
class Study:
    """What the user chose; '' for what is not set. All are paths, except the names of fields and the unit.

    bare_only  the map excludes cells under cloud, snow, water and vegetation
    """
    scene: str = ''
    samples: str = ''
    property: str = ''
    unit: str = ''
    id_field: str = ''
    lab: str = ''
    dem: str = ''
    folder: str = ''
    bare_only: bool = False

    def path(self, name):
        return os.path.join(self.folder, name)

    def stem(self):
        """The property as the beginning of file names."""
        return re.sub('[^a-z0-9]+', '_', self.property.lower()).strip('_') or 'property'


@dataclasses.dataclass
class Step:
    title: str
    tool: str
    params: dict
    outputs: tuple  # ids of the parameters that are written and shown as layers
    weight: float   # share of the time, roughly


# ---- guesses ---------------------------------------------------------------------------------------


def guess_unit(field):
    """The unit in the name of a field, such as SOM_g_kg or "SOM (g/kg)"; '' when there is none."""
    bracket = re.search(r'[(\[]\s*([^)\]]+?)\s*[)\]]', field)
    if bracket:
        return bracket.group(1)
    plain = re.sub(r'[^a-z0-9%]+', '_', field.lower())
    return next((unit for ending, unit in UNITS if plain.endswith('_' + ending) or plain == ending), '')


def guess_property(fields):
    """The field that is probably a soil property: one with a unit in its name, otherwise one with a known name."""
    with_unit = [field for field in fields if guess_unit(field)]
    known = [field for field in fields if re.split('[^a-z]+', field.lower())[0] in PROPERTIES]
    return next(iter(with_unit + known), '')


def guess_id(fields):
    """The field that probably has the names of the samples, or ''."""
    plain = {field.lower(): field for field in reversed(fields)}
    return next((plain[name] for name in NAMES if name in plain), '')


# ---- checks ----------------------------------------------------------------------------------------


def problems(study):
    """Sentences about what is missing or wrong, in the order of the pages."""
    found = []
    if not study.scene:
        found.append(tr('Choose the scene: a raster with many bands'))
    if not study.samples:
        found.append(tr('Choose the layer with the soil samples'))
    elif not study.property:
        found.append(tr('Choose the field with the measured values'))
    elif not study.unit.strip():
        found.append(tr('Enter the unit of the measured values, such as g/kg'))
    if study.lab and not study.id_field:
        found.append(tr('Lab spectra are joined to samples by name: choose the field with the names of the samples'))
    for path in (study.lab,):
        if path and not os.path.isfile(path):
            found.append(tr('There is no file {}').format(path))
    found += _folder_problems(study)
    return found


def _folder_problems(study):
    if not study.folder:
        return [tr('Choose the folder for the results')]
    above = study.folder
    while above and not os.path.exists(above) and os.path.dirname(above) != above:
        above = os.path.dirname(above)
    if not os.path.isdir(above) or not os.access(above, os.W_OK):
        return [tr('The folder {} cannot be written to; choose another folder').format(study.folder)]
    inputs = {os.path.realpath(path) for path in (study.scene, study.samples, study.lab, study.dem) if path}
    clash = [path for path in written(study) if os.path.realpath(path) in inputs]
    return [tr('{} is an input of this run and would be replaced; choose another folder').format(path) for path in clash]


def outputs_of(step):
    """The paths that a step writes."""
    return [step.params[key] for key in step.params if key == 'output' or key in step.outputs]


def files_of(step):
    return [os.path.basename(path) for path in outputs_of(step)]


def written(study):
    """The files that the run writes."""
    return [study.path(study.stem() + '_samples.gpkg')] + [path for step in steps(study) for path in outputs_of(step)]


# ---- steps -----------------------------------------------------------------------------------------


def steps(study, samples=None):
    """The job. samples is the file that the samples were written to, if it is not that of the study."""
    stem = study.stem()
    model, soil_map = study.path(stem + '_model.json'), study.path(stem + '_map.tif')
    train = {'scene': study.scene, 'samples': samples or study.samples, 'property': study.property,
             'unit': study.unit.strip(), 'output': model}
    if study.id_field:
        train['id_field'] = study.id_field
    if study.lab:
        train['lab'] = study.lab
    chart = {'scene': study.scene, 'model': model, 'output': soil_map}
    job = [Step(tr('Training the model'), 'trainmodel', train, (), 6.0)]
    if study.bare_only:
        chart['mask'] = study.path('bare_soil.tif')
        job.append(Step(tr('Finding bare soil'), 'maskscene', {'scene': study.scene, 'output': chart['mask']}, (), 2.0))
    job.append(Step(tr('Mapping the property'), 'mapproperty', chart, ('output',), 3.0))
    report = {'models': [model], 'maps': [soil_map], 'title': tr('Soil map of {}').format(study.property),
              'output': study.path(stem + '_report.html')}
    if study.dem:
        job += _terrain(study, soil_map)
        report.update(terrain=[study.path(name) for name in ('slope.tif', 'twi.tif', 'ls.tif')],
                      streams=study.path('streams.gpkg'), correlation=study.path(stem + '_correlation.csv'),
                      profiles=[study.path(stem + '_profile.csv')])
    return job + [Step(tr('Writing the report'), 'report', report, (), 2.0)]


def _terrain(study, soil_map):
    factors = {name: study.path(name + '.tif') for name in ('slope', 'twi', 'ls')}
    streams = study.path('streams.gpkg')
    stem = study.stem()
    return [
        Step(tr('Deriving terrain factors'), 'terrainfactors', {'dem': study.dem, **factors}, ('slope', 'twi', 'ls'), 2.0),
        Step(tr('Tracing streams'), 'streams',
             {'dem': study.dem, 'output': streams, 'basins': study.path('subbasins.gpkg')}, ('basins', 'output'), 1.0),
        Step(tr('Relating the map to the terrain'), 'correlatemaps',
             {'maps': [soil_map], 'factors': list(factors.values()),
              'output': study.path(stem + '_correlation.csv')}, (), 1.0),
        Step(tr('Computing the property along streams'), 'streamprofile',
             {'map': soil_map, 'streams': streams, 'output': study.path(stem + '_profile.csv')}, (), 1.0)]


class _Part:
    """The log of one step as a part of the log of the whole job."""

    def __init__(self, log, begin, share):
        self.log = log
        self.begin = begin
        self.share = share

    def progress(self, fraction):
        self.log.progress(self.begin + self.share * fraction)

    def message(self, level, text):
        self.log.message(level, text)

    def cancelled(self):
        return self.log.cancelled()


def run(engine, job, log, on_done):
    """Runs the steps one after the other; finished steps are kept when a later one fails.

    on_done(step, result) is called after each. Fails as the engine does; the sentence of an EngineError names the step.
    """
    total = sum(step.weight for step in job)
    done = 0.0
    for number, step in enumerate(job, 1):
        log.message(0, f'[{number}/{len(job)}] {step.title}')
        part = _Part(log, done / total, step.weight / total)
        try:
            result = engine.run(step.tool, step.params, part, outputs_of(step))
        except EngineError as problem:
            raise EngineError(f'{step.title}: {problem}') from None
        done += step.weight
        log.progress(done / total)
        on_done(step, result)
