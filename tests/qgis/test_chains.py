# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tool once through qgis_process and once inside a graphical model. The table of runs is made from the examples of the tools' own descriptions, on a small made study."""

import concurrent.futures
import os
import shutil
import subprocess
import sys

import kit
from made_study import EXE, MadeStudy
from qgis.core import (QgsProcessingContext, QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm,
                       QgsProcessingModelChildParameterSource, QgsProcessingModelOutput)

PROCESS = shutil.which('qgis_process.bin') or shutil.which('qgis_process')
if PROCESS is None:
    print('SKIPPED: qgis_process is missing; install qgis')
    sys.exit(0)

Source = QgsProcessingModelChildParameterSource


class Chains(MadeStudy):
    def process(self, env, tool):
        values, outputs = self.values(tool, 'process')
        words = [PROCESS, 'run', 'tilth:' + tool['id']]
        for name, value in values.items():
            words += [f'--{name}={one}' for one in (value if isinstance(value, list) else [value])]
        done = subprocess.run(words, capture_output=True, text=True, env=env)
        missing = [path for path in outputs.values() if not os.path.isfile(path)]
        return '' if done.returncode == 0 and not missing else f'{tool["id"]} {missing}: {done.stdout}{done.stderr}'

    def test_every_tool_runs_through_qgis_process(self):
        profile = self.at('profiles', 'default', 'QGIS')
        os.makedirs(profile)
        with open(os.path.join(profile, 'QGIS3.ini'), 'w', encoding='utf-8') as ini:
            ini.write('[PythonPlugins]\ntilth_qgis=true\n')
        os.mkdir(self.at('runtime'), 0o700)
        env = dict(os.environ, XDG_RUNTIME_DIR=self.at('runtime'), PYTHONDONTWRITEBYTECODE='1', TILTH_EXE=EXE,
                   QGIS_CUSTOM_CONFIG_PATH=self.folder.name, QGIS_PLUGINPATH=kit.PLUGIN_PARENT)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            messages = list(pool.map(lambda tool: self.process(env, tool), self.tools))
        self.assertEqual([text for text in messages if text], [])

    def test_every_tool_runs_inside_a_model(self):
        model = QgsProcessingModelAlgorithm('Everything', 'tests', '')
        given, written = {}, []
        for tool in self.tools:
            values, outputs = self.values(tool, 'model')
            step = QgsProcessingModelChildAlgorithm('tilth:' + tool['id'])
            step.setChildId(tool['id'])
            for name, value in values.items():
                if name not in outputs:
                    many = value if isinstance(value, list) else [value]
                    step.addParameterSources(name, [Source.fromStaticValue(one) for one in many])
            # As the model designer does, every other value is written down with its default.
            for parameter in step.algorithm().parameterDefinitions():
                if parameter.name() not in values and parameter.defaultValue() is not None:
                    step.addParameterSources(parameter.name(), [Source.fromStaticValue(parameter.defaultValue())])
            made = {}
            for name, path in outputs.items():
                one = QgsProcessingModelOutput(name, f'{tool["id"]} {name}')
                one.setChildId(tool['id'])
                one.setChildOutputName(name)
                made[name] = one
                given[f'{tool["id"]}:{name}'] = path
                written.append(path)
            step.setModelOutputs(made)
            model.addChildAlgorithm(step)
        for key in model.childAlgorithms():
            ok, why = model.validateChildAlgorithm(key)
            self.assertTrue(ok, f'{key}: {why}')
        path = self.at('everything.model3')
        self.assertTrue(model.toFile(path))
        again = QgsProcessingModelAlgorithm()
        self.assertTrue(again.fromFile(path))
        feedback = kit.Feedback()
        results, ok = again.run(given, QgsProcessingContext(), feedback)
        self.assertTrue(ok, '\n'.join(feedback.lines[-20:]))
        self.assertEqual([path for path in written if not os.path.isfile(path)], [])


if __name__ == '__main__':
    kit.main()
