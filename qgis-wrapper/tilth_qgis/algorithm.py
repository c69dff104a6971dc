# SPDX-License-Identifier: GPL-2.0-or-later
"""One QGIS algorithm per descriptor. No tool is known here by name."""

import os
import re
import shlex

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException, QgsProcessingUtils
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from . import help_panel, locate, memory, repair, styling, vectors
from . import parameters as kinds
from .engine import Cancelled, EngineError
from .locate import HERE
from .translation import tr

ICON = os.path.join(HERE, 'icon.svg')
# A tool with this tag checks the installation: it can also be run while there is no engine.
INSTALLATION = 'installation'


def with_names(text, names):
    """The text with the names of layers in place of the temporary files that they were written to."""
    for path, name in names.items():
        text = text.replace(path, name)
    return text


class FeedbackLog:
    """Passes the reports of an engine on to QGIS. names: see with_names."""

    def __init__(self, feedback, names):
        self.feedback = feedback
        self.names = names

    def progress(self, fraction):
        self.feedback.setProgress(100.0 * fraction)

    def message(self, level, text):
        text = with_names(text, self.names)
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


def group_icon(group_id):
    """The icon of a group of tools, or that of tilth."""
    path = os.path.join(HERE, 'icons', group_id + '.svg')
    return path if os.path.isfile(path) else ICON


class TilthAlgorithm(QgsProcessingAlgorithm):
    def __init__(self, description, engines):
        super().__init__()
        self.description = description
        self.engines = engines
        self.params = {}
        self.sources = {}
        self.notes = []
        self.problem = None
        self.results = {}
        self.styles = {}
        self.in_memory = {}  # output -> (the file that the engine writes, what was asked for)

    # ---- what QGIS reads about the tool

    def createInstance(self):
        return TilthAlgorithm(self.description, self.engines)

    def name(self):
        return self.description['id']

    def displayName(self):
        return tr(self.description['title'])

    def group(self):
        """QGIS sorts groups by name; a number in front keeps them in the order of the work."""
        groups = self.engines.groups()
        group = self.description['group']
        return f'{groups.index(group) + 1}. {tr(group)}' if group in groups else tr(group)

    def groupId(self):
        return re.sub('[^a-z0-9]+', '', self.description['group'].lower())

    def shortDescription(self):
        return tr(self.description['summary'])

    def shortHelpString(self):
        return help_panel.text_of(self.description)

    def helpUrl(self):
        page = locate.page(self.engines.exe, f'reference/{self.name()}.html')
        return QUrl.fromLocalFile(page).toString() if page else ''

    def tags(self):
        return [word.strip() for word in self.description.get('tags', [])]

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return group_icon(self.groupId())

    def canExecute(self):
        problem = self.engines.problem
        if INSTALLATION in self.tags():
            return True, ''
        return problem is None, problem or ''

    def initAlgorithm(self, config=None):
        for arg in self.description['parameters']:
            self.addParameter(kinds.make(arg))

    # ---- checks before a run

    def checkParameterValues(self, parameters, context):
        try:
            # QGIS itself only reports "incorrect value" for these, without what is wrong with it.
            for arg in self.description['parameters']:
                if arg['kind'] in ('number', 'integer'):
                    kinds.read(self, arg, parameters, context)
        except QgsProcessingException as found:
            return False, str(found)
        ok, message = super().checkParameterValues(parameters, context)
        if not ok:
            return ok, message
        known = [parameter.name() for parameter in self.parameterDefinitions()]
        unknown = [name for name in parameters if name not in known]
        if unknown:
            # QGIS itself ignores a misspelt name, and the tool would run with its default.
            return False, tr('{} has no parameter {}; it has: {}').format(self.name(), unknown[0], ', '.join(known))
        try:
            problem = self.engines.check(self.name(), self._values_to_check(parameters, context))
        except QgsProcessingException as found:
            return False, str(found)
        return problem is None, self._with_label(problem) if problem else ''

    def _values_to_check(self, parameters, context):
        """The values that the engine would receive. Layers are not written yet; the plugin's own icon, an existing
        file, takes their place."""
        params = {}
        for arg in self.description['parameters']:
            name = kinds.name_of(arg)
            if arg['kind'] in kinds.INPUTS:
                value = kinds.read(self, arg, parameters, context)
            elif arg['kind'] in kinds.SOURCES:
                value = ICON if parameters.get(name) is not None else None
            else:
                value = kinds.planned_output(self.parameterDefinition(name), parameters.get(name), context)
            if value is not None:
                params[arg['id']] = value
        return params

    def _with_label(self, sentence):
        """The sentence, preceded by the label that the dialog shows for its parameter."""
        named = re.search(r"^parameter '(\w+)'", sentence)
        arg = next((one for one in self.description['parameters'] if named and one['id'] == named.group(1)), None)
        return f'{kinds.label_of(arg)}: {sentence}' if arg else sentence

    # ---- a run

    def prepareAlgorithm(self, parameters, context, feedback):
        """In the main thread: layers may be used here, and only here."""
        self.params = {}
        self.sources = {}
        self.notes = []
        try:
            for arg in self.description['parameters']:
                self._prepare(arg, parameters, context)
        except QgsProcessingException as problem:
            # QGIS would only report that there were errors; processAlgorithm can report which.
            self.problem = problem
        return True

    def _prepare(self, arg, parameters, context):
        name = kinds.name_of(arg)
        if arg['kind'] in kinds.INPUTS:
            value = kinds.read(self, arg, parameters, context, self.notes)
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
        for note in self.notes:
            feedback.pushWarning(note)
        if INSTALLATION in self.tags():
            self._repair(feedback)
        outputs = self._name_outputs(parameters, context)
        params = {**self.params, **outputs}
        names = {}  # temporary file -> the name that the user knows
        kept = {path: self.parameterDefinition(name).description() for name, (path, _) in self.in_memory.items()}
        try:
            engine = self.engines.engine()
            for key, (label, source) in self.sources.items():
                params[key] = QgsProcessingUtils.generateTempFilename(f'{key}.gpkg')
                names[params[key]] = source.sourceName() or label
                vectors.write(source, params[key], label, context, feedback)
            if feedback.isCanceled():
                raise Cancelled()
            feedback.pushInfo('tilth ' + self.engines.description.get('version', ''))
            feedback.pushCommandInfo(command_line(self.name(), params))
            result = engine.run(self.name(), params, FeedbackLog(feedback, {**names, **kept}), list(outputs.values()))
        except EngineError as problem:
            raise QgsProcessingException(with_names(str(problem), {**names, **kept})) from None
        except Cancelled:
            # Without an exception a script would go on with results that are not there.
            raise QgsProcessingException(tr('The run was cancelled and no output was written')) from None
        finally:
            for path in names:
                _remove(path)
        return self._results(outputs, result, context, feedback)

    def postProcessAlgorithm(self, context, feedback):
        """In the main thread again: outputs that were wanted in memory become layers."""
        for name, (path, wanted) in self.in_memory.items():
            if name in self.results:
                self.results[name] = memory.load(path, wanted, self.parameterDefinition(name).description(), context)
                self._style(name, self.results[name], context)
        return self.results

    def _style(self, name, layer, context):
        """layer: the path or the id by which QGIS is going to load it."""
        arg = next(one for one in self.description['parameters'] if kinds.name_of(one) == name)
        styling.apply(context, layer, kinds.label_of(arg), self.styles.get(arg['id'], arg.get('style')),
                      tr(self.description['group']), self._model_name())

    def _repair(self, feedback):
        for finding in repair.inspect(self.engines):
            if finding.fine:
                feedback.pushInfo(repair.text_of(finding))
            else:
                feedback.pushWarning(repair.text_of(finding))

    def _name_outputs(self, parameters, context):
        outputs = {}
        for arg in self.description['parameters']:
            name = kinds.name_of(arg)
            path = None
            if arg['kind'] in kinds.LAYER_OUTPUTS:
                path = self.parameterAsOutputLayer(parameters, name, context)
            elif arg['kind'] in kinds.FILE_OUTPUTS:
                path = self.parameterAsFileOutput(parameters, name, context)
            if memory.is_wanted(path):
                self.in_memory[name] = (QgsProcessingUtils.generateTempFilename(f'{arg["id"]}.gpkg'), path)
                path = self.in_memory[name][0]
            if path:
                outputs[arg['id']] = path
        return outputs

    def _model_name(self):
        """The name of the model that the run used, for the names of layers; '' when it has no useful one."""
        for arg in self.description['parameters']:
            path = self.params.get(arg['id']) if arg['kind'] == 'model' else None
            if path and not path.startswith(QgsProcessingUtils.tempFolder()):
                return os.path.splitext(os.path.basename(path))[0]
        return ''

    def _results(self, outputs, result, context, feedback):
        self.styles = result.get('styles', {})
        results = {key.upper(): value for key, value in result.items()
                   if isinstance(value, (int, float, str)) and key not in outputs}
        for arg in self.description['parameters']:
            path = outputs.get(arg['id'])
            if path is None:
                continue
            results[kinds.name_of(arg)] = path
            if arg['kind'] in kinds.LAYER_OUTPUTS and kinds.name_of(arg) not in self.in_memory:
                self._style(kinds.name_of(arg), path, context)
            problem = self.engines.gdal_problem() if arg['kind'] == 'vrt_out' else None
            if problem is not None:
                feedback.pushWarning(
                    tr('The virtual map is written, but this QGIS cannot show it: {}').format(problem))
        self.results = results
        return results


def _remove(path):
    for name in (path, path + '-wal', path + '-shm', path + '-journal'):
        if os.path.exists(name):
            os.remove(name)
