# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of a worker that is not itself: whatever arrives, the plugin passes on progress, messages and a result, or shows the line."""
import importlib
import json
import math
import os
import random
import unittest

PLUGIN = os.path.join(os.environ['TILTH_BUILD'], 'qgis', 'tilth_qgis')


class Log:
    def __init__(self):
        self.seen = []

    def progress(self, fraction):
        assert isinstance(fraction, float) and math.isfinite(fraction)
        self.seen.append(fraction)

    def message(self, level, text):
        assert isinstance(level, int) and isinstance(text, str)
        self.seen.append(text)


def pass_on():
    import sys

    sys.path.insert(0, os.path.dirname(PLUGIN))
    return importlib.import_module('tilth_qgis.engine')._pass_on


class Lines(unittest.TestCase):
    def test_what_is_no_message_of_a_worker_is_shown(self):
        for line in ('', 'ERROR 1: a library', '[1, 2]', '7', 'null', '{"progress": "half"}', '{"progress": [1]}', '{"level": {}, "message": "a"}',
                     '{"level": 1e999, "message": "a"}', '[' * 100000, '{"progress": null}'):
            log = Log()
            self.assertEqual(pass_on()(line, log, 'before'), 'before')
            self.assertEqual(log.seen, [line])

    def test_progress_that_is_no_number_is_passed_over(self):
        log = Log()
        self.assertIsNone(pass_on()('{"progress": NaN}', log, None))
        self.assertIsNone(pass_on()('{"progress": 0.5}', log, None))
        self.assertEqual(log.seen, [0.5])

    def test_a_result_is_an_object(self):
        self.assertEqual(pass_on()('{"result": {"output": "o.tif"}}', Log(), None), {'output': 'o.tif'})
        self.assertEqual(pass_on()('{"result": 7}', Log(), None), None)

    def test_random_lines_harm_nothing(self):
        letters = '{}[]":,.0123456789eE+-truefalsnulprogesmiv\\u 土'
        words = ('progress', 'message', 'level', 'result', 'other')
        values = (1, -1.5, 1e300, None, True, 'a', [], {}, [[]], {'a': 1}, '土', 10 ** 400)
        source = random.Random(20)
        function, log = pass_on(), Log()
        for k in range(20000):
            line = json.dumps({source.choice(words): source.choice(values) for _ in range(source.randrange(4))}, ensure_ascii=False)
            if k % 2:
                at = source.randrange(len(line))
                line = line[:at] + ''.join(source.choice(letters) for _ in range(source.randrange(4))) + line[at + source.randrange(3):]
            result = function(line, log, None)
            self.assertTrue(result is None or isinstance(result, dict), line)


if __name__ == '__main__':
    unittest.main()
