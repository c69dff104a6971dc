# SPDX-License-Identifier: GPL-2.0-or-later
"""The real dialog of every tool: what its widgets open with, and that a run from it is that of the command line."""

import os

import kit
from made_study import FILES, LISTS, NUMBERS, MadeStudy, example_of
from qgis.core import QgsProcessingContext, QgsProject, QgsVectorLayer

PLAIN = {'number': float, 'integer': int, 'flag': lambda word: word in ('yes', 'true', '1')}
# Their examples need the values that they name: the made scene holds reflectance, and the made area is small.
DEPENDENT = ('simulatescene', 'calibrate', 'correctatmosphere')
# Their files hold what depends on the run: the time, the paths of inputs, the version of a library.
RECORDS = ('.json', '.html', '.gpkg')


class Dialogs(MadeStudy):
    def tearDown(self):
        kit.clear_project()

    def test_every_widget_opens_with_the_default_of_the_descriptor(self):
        for tool in self.tools:
            dialog = kit.open_dialog(self.provider.algorithm(tool['id']))
            for arg in tool['parameters']:
                if arg['output'] or arg['kind'] in FILES:
                    continue
                with self.subTest(tool=tool['id'], parameter=arg['id']):
                    shown = kit.dialog_value(dialog, arg['id'].upper())
                    default = arg.get('default')
                    if arg['kind'] == 'flag':
                        self.assertIs(shown, default in ('yes', 'true', '1'))
                    elif default is None:
                        self.assertIn(shown, (None, ''))
                    else:
                        self.assertEqual(shown, PLAIN.get(arg['kind'], str)(default))
            dialog.deleteLater()

    def test_limits_of_whole_numbers_are_those_that_a_spin_box_can_hold(self):
        for tool in self.tools:
            algorithm = self.provider.algorithm(tool['id'])
            for arg in tool['parameters']:
                if arg['kind'] == 'integer':
                    parameter = algorithm.parameterDefinition(arg['id'].upper())
                    self.assertGreaterEqual(parameter.minimum(), -2147483647)
                    self.assertLessEqual(parameter.maximum(), 2147483647)

    # ---- a run from the dialog

    def needed(self, tool):
        """{parameter of QGIS: value} of its example as far as a user has to choose: files, fields, and plain values without a
        default. And the outputs, named and all."""
        values, outputs = {}, {}
        for arg, words in example_of(tool):
            name = arg['id'].upper()
            if arg['output']:
                outputs[name] = words[0]
            elif arg['kind'] in FILES:
                paths = [self.at(word) for word in words]
                values[name] = paths if arg['kind'] in LISTS else paths[0]
            elif arg['kind'] == 'field' or not arg['optional'] or tool['id'] in DEPENDENT:
                values[name] = NUMBERS.get(arg['kind'], str)(words[0])
        if tool['id'] == 'simulatescene':  # its example is as large as the sample study
            values.update(WIDTH_KM=1.2, HEIGHT_KM=1.2, SAMPLES_COUNT=40)
        return values, outputs

    def command(self, tool, values, outputs):
        words = [tool['id']]
        for arg in tool['parameters']:
            value = values.get(arg['id'].upper(), outputs.get(arg['id'].upper()))
            if value is not None:
                words += ['--' + arg['id'], *[f'{one:.15g}' if isinstance(one, float) else str(one)
                                            for one in (value if isinstance(value, list) else [value])]]
        return words

    def test_a_run_from_the_untouched_dialog_writes_what_the_command_line_writes(self):
        for folder in ('dialog', 'terminal'):
            os.makedirs(self.at(folder))
        compared = 0
        for tool in self.tools:
            values, outputs = self.needed(tool)
            here = {name: self.at('dialog', f'{tool["id"]}-{file}') for name, file in outputs.items()}
            there = {name: self.at('terminal', f'{tool["id"]}-{file}') for name, file in outputs.items()}
            with self.subTest(tool['id']):
                ok, _results, log = kit.press_run(kit.open_dialog(self.provider.algorithm(tool['id']), {**values, **here}))
                self.assertTrue(ok, log)
                self.tilth(*self.command(tool, values, there))
                for name, path in here.items():
                    if not path.endswith(RECORDS):
                        with open(path, 'rb') as one, open(there[name], 'rb') as two:
                            self.assertTrue(one.read() == two.read(), f'{name}: the dialog and the command line differ')
                        compared += 1
            kit.clear_project()
        self.assertGreater(compared, 20)

    # ---- numbers that QGIS cannot carry

    def test_whole_numbers_beyond_2_to_the_31_are_refused_in_one_sentence(self):
        dem = self.at('dem.tif')
        for tool, name, values in (('streams', 'THRESHOLD', {'DEM': dem, 'OUTPUT': self.at('x.gpkg')}),
                                   ('simulatescene', 'SEED', {'DEM': dem, 'SCENE': self.at('x.tif'), 'SAMPLES': self.at('x.gpkg'),
                                                              'LAB': self.at('x.csv'), 'TRUTH': self.at('y.tif')})):
            algorithm = self.provider.algorithm(tool)
            for number in (3000000000, '3000000000', -3e9, 1e300, '2.5', 'many'):
                ok, why = algorithm.checkParameterValues({**values, name: number}, QgsProcessingContext())
                self.assertFalse(ok, number)
                self.assertIn(f'found {number}, but a whole number from', why)
                self.assertNotIn('\n', why)
            ok, why = algorithm.checkParameterValues({**values, name: '7'}, QgsProcessingContext())
            self.assertTrue(ok, why)

    # ---- fields

    def test_no_field_is_chosen_before_the_user_chooses_and_a_value_needs_numbers(self):
        layer = QgsVectorLayer(self.at('samples.gpkg'), 'samples', 'ogr')
        self.assertEqual(layer.fields().names()[0], 'fid')
        QgsProject.instance().addMapLayer(layer)
        asked = 0
        for tool in self.tools:
            fields = [arg for arg in tool['parameters'] if arg['kind'] == 'field' and arg['parent'] == 'samples']
            if not fields:
                continue
            dialog = kit.open_dialog(self.provider.algorithm(tool['id']), {'SAMPLES': layer.id()})
            for arg in fields:
                combo = dialog.mainWidget().wrappers[arg['id'].upper()].wrappedWidget()
                self.assertIsNone(kit.dialog_value(dialog, arg['id'].upper()), f'{tool["id"]}: {arg["id"]}')
                names = {combo.itemData(row) for row in range(combo.count())} - {None}
                self.assertIn('SOM_g_kg', names)
                if arg.get('numeric'):
                    self.assertNotIn('fid', names)
                    self.assertEqual({name for name in names if not layer.fields().field(name).isNumeric()}, set())
                else:
                    self.assertLessEqual({'fid', 'id'}, names)
                combo.setEditText('SOM_g_kg')
                combo.lineEdit().editingFinished.emit()
                self.assertEqual(kit.dialog_value(dialog, arg['id'].upper()), 'SOM_g_kg')
                combo.setEditText('no such field')
                combo.lineEdit().editingFinished.emit()
                self.assertEqual(combo.currentText(), 'SOM_g_kg')
                asked += 1
            dialog.deleteLater()
        self.assertGreater(asked, 8)
        del layer

    def test_a_text_field_with_values_below_detection_is_offered_and_names_are_not(self):
        from tilth_qgis.fields import offered
        layer = kit.points([(0, 0, 'plot A', '<0.5'), (1, 1, 'plot B', '0.7')], 'field=name:string(9)&field=As:string(9)')
        self.assertEqual(offered(layer, True).names(), ['As'])
        self.assertEqual(offered(layer, False).names(), ['name', 'As'])
        del layer

    def test_values_of_the_history_set_the_field_in_any_order(self):
        for values in ({'SAMPLES': self.at('samples.gpkg'), 'PROPERTY': 'SOM_g_kg'},
                       {'PROPERTY': 'SOM_g_kg', 'SAMPLES': self.at('samples.gpkg')}):
            dialog = kit.open_dialog(self.provider.algorithm('trainmodel'), values)
            self.assertEqual(kit.dialog_value(dialog, 'PROPERTY'), 'SOM_g_kg')
            dialog.deleteLater()


if __name__ == '__main__':
    kit.main()
