# SPDX-License-Identifier: GPL-2.0-or-later
"""One QGIS algorithm per descriptor. No tool is known here by name."""

import os
import re
import shlex

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException, QgsProcessingUtils
from qgis.PyQt.QtGui import QIcon

from . import parameters as kinds
from . import styling, vectors
from .engine import Cancelled, EngineError
from .locate import HERE

ICON = os.path.join(HERE, 'icon.svg')


class FeedbackLog:
    """What an engine reports to, in the words of QGIS."""

    def __init__(self, feedback):
        self.feedback = feedback

    def progress(self, fraction):
        self.feedback.setProgress(100.0 * fraction)

    def message(self, level, text):
        if level > 0:
            self.feedback.pushWarning(text)
        else:
            self.feedback.pushInfo(text)

    def cancelled(self):
        return self.feedback.isCanceled()


def command_line(tool, params):
    """The command that does the same in a terminal."""
    words = ['tilth', tool]
    for key, value in params.items():
        words.append('--' + key)
        for item in value if isinstance(value, list) else [value]:
            words.append({True: 'yes', False: 'no'}[item] if isinstance(item, bool) else str(item))
    return shlex.join(words)


class TilthAlgorithm(QgsProcessingAlgorithm):
    def __init__(self, description, engines):
        super().__init__()
        self.description = description
        self.engines = engines
        self.params = {}
        self.sources = {}
        self.problem = None

    # ---- what QGIS asks about the tool

    def createInstance(self):
        return TilthAlgorithm(self.description, self.engines)

    def name(self):
        return self.description['id']

    def displayName(self):
        return self.description['title']

    def group(self):
        return self.description['group']

    def groupId(self):
        return re.sub('[^a-z0-9]+', '', self.group().lower())

    def shortDescription(self):
        return self.description['summary']

    def shortHelpString(self):
        parts = [self.description.get('help', '')]
        if self.description.get('example'):
            parts.append('Example (in a terminal)\n' + self.description['example'])
        if self.description.get('citation'):
            parts.append('Source\n' + self.description['citation'])
        return '\n\n'.join(parts)

    def tags(self):
        return [word.strip() for word in self.description.get('tags', [])]

    def icon(self):
        return QIcon(ICON)

    def svgIconPath(self):
        return ICON

    def canExecute(self):
        problem = self.engines.problem
        return problem is None, problem or ''

    def initAlgorithm(self, config=None):
        for arg in self.description['parameters']:
            self.addParameter(kinds.make(arg))

    def checkParameterValues(self, parameters, context):
        ok, message = super().checkParameterValues(parameters, context)
        known = [parameter.name() for parameter in self.parameterDefinitions()]
        unknown = [name for name in parameters if name not in known]
        if ok and unknown:
            # QGIS itself passes over a name that is spelled wrong, and the tool would run with its default.
            return False, (f'{self.name()} has no parameter {unknown[0]}; it has: {", ".join(known)}')
        return ok, message

    # ---- a run

    def prepareAlgorithm(self, parameters, context, feedback):
        """In the main thread: layers may be asked here, and only here."""
        self.params = {}
        self.sources = {}
        try:
            for arg in self.description['parameters']:
                self._prepare(arg, parameters, context)
        except QgsProcessingException as problem:
            # QGIS would say no more than that there were errors; processAlgorithm may say which.
            self.problem = problem
        return True

    def _prepare(self, arg, parameters, context):
        name = kinds.name_of(arg)
        if arg['kind'] in kinds.INPUTS:
            value = kinds.read(self, arg, parameters, context)
            if value is not None:
                self.params[arg['id']] = value
        elif arg['kind'] in kinds.SOURCES and parameters.get(name) is not None:
            source = self.parameterAsSource(parameters, name, context)
            if source is None:
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            self.sources[arg['id']] = (kinds.label_of(arg), source)

    def processAlgorithm(self, parameters, context, feedback):
        if self.problem is not None:
            raise self.problem
        outputs = self._name_outputs(parameters, context)
        params = {**self.params, **outputs}
        written = []
        try:
            engine = self.engines.engine()
            for key, (label, source) in self.sources.items():
                params[key] = QgsProcessingUtils.generateTempFilename(f'{key}.gpkg')
                written.append(params[key])
                vectors.write(source, params[key], label, context, feedback)
            if feedback.isCanceled():
                return {}
            feedback.pushInfo('tilth ' + self.engines.description.get('version', ''))
            feedback.pushCommandInfo(command_line(self.name(), params))
            result = engine.run(self.name(), params, FeedbackLog(feedback), list(outputs.values()))
        except EngineError as problem:
            raise QgsProcessingException(str(problem)) from None
        except Cancelled:
            return {}
        finally:
            for path in written:
                _remove(path)
        return self._results(outputs, result, context, feedback)

    def _name_outputs(self, parameters, context):
        outputs = {}
        for arg in self.description['parameters']:
            name = kinds.name_of(arg)
            path = None
            if arg['kind'] in kinds.LAYER_OUTPUTS:
                path = self.parameterAsOutputLayer(parameters, name, context)
            elif arg['kind'] in kinds.FILE_OUTPUTS:
                path = self.parameterAsFileOutput(parameters, name, context)
            if path:
                outputs[arg['id']] = path
        return outputs

    def _results(self, outputs, result, context, feedback):
        styles = result.get('styles', {})
        results = {key.upper(): value for key, value in result.items()
                   if isinstance(value, (int, float, str)) and key not in outputs}
        for arg in self.description['parameters']:
            path = outputs.get(arg['id'])
            if path is None:
                continue
            results[kinds.name_of(arg)] = path
            if arg['kind'] in kinds.LAYER_OUTPUTS:
                styling.dress(context, path, kinds.label_of(arg), styles.get(arg['id'], arg.get('style')))
            problem = self.engines.gdal_problem() if arg['kind'] == 'vrt_out' else None
            if problem is not None:
                feedback.pushWarning(f'The virtual map is written, but this QGIS cannot show it: {problem}.')
        return results


def _remove(path):
    for name in (path, path + '-wal', path + '-shm', path + '-journal'):
        if os.path.exists(name):
            os.remove(name)
