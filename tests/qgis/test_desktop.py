# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in the QGIS desktop, on a virtual screen: toolbox, dialog, run, styled layer.

    python3 tests/qgis/test_desktop.py                    as a test
    python3 tests/qgis/test_desktop.py --images FOLDER    also leaves the pictures in FOLDER, showing the
                                                          sample project when sample_project/run.sh has made it
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('TILTH_BUILD', os.path.join(ROOT, 'build', 'dev'))
EXE = os.environ.get('TILTH_EXE', os.path.join(BUILD, 'bin', 'tilth'))
SAMPLE_VALUES = {'SCENE': 'Scene, true colour', 'SAMPLES': 'Soil samples', 'ID_FIELD': 'id', 'PROPERTY': 'SOM_g_kg',
                 'UNIT': 'g/kg', 'LAB': 'lab.csv'}
PICTURES = ('qgis-toolbox', 'qgis-dialog', 'qgis-wizard', 'qgis-wizard-more', 'qgis-wizard-results', 'qgis-run', 'qgis-map')
IN_DOCS = ('qgis-toolbox', 'qgis-dialog', 'qgis-wizard', 'qgis-wizard-results', 'qgis-map')


def missing():
    for program in ('qgis', 'xvfb-run', 'xauth'):
        if shutil.which(program) is None:
            return f'{program} is not installed'
    return None if os.path.isfile(EXE) else f'the program {EXE} is not built'


def run(folder, project):
    import kit
    from osgeo import gdal

    gdal.UseExceptions()
    dem = kit.dem(os.path.join(folder, 'dem.tif'), columns=200, rows=150)
    profile = os.path.join(folder, 'profiles', 'default', 'QGIS')
    os.makedirs(profile)
    with open(os.path.join(profile, 'QGIS3.ini'), 'w', encoding='utf-8') as ini:
        ini.write('[PythonPlugins]\ntilth_qgis=true\nprocessing=true\n[qgis]\ncheckVersion=false\n'
                  'showTips=false\n')
    runtime = os.path.join(folder, 'runtime')
    os.mkdir(runtime, 0o700)
    env = dict(os.environ, XDG_RUNTIME_DIR=runtime, QGIS_PLUGINPATH=os.path.join(BUILD, 'qgis'), TILTH_EXE=EXE,
               PYTHONDONTWRITEBYTECODE='1', SHOT_FOLDER=folder, SHOT_DEM=dem,
               SHOT_OUTPUT=os.path.join(folder, 'slope.tif'), SHOT_PROJECT=project or '',
               SHOT_DIALOG='tilth:trainmodel' if project else 'tilth:slope',
               SHOT_VALUES=json.dumps(SAMPLE_VALUES if project else {'DEM': dem}))
    env.pop('QT_QPA_PLATFORM', None)
    command = ['xvfb-run', '-a', '-s', '-screen 0 1400x900x24 -dpi 96', 'qgis', '--nologo', '--noversioncheck',
               '--profiles-path', folder, '--code', os.path.join(HERE, 'desktop_shot.py')]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout[-4000:], done.stderr[-8000:])
    return done.returncode


def main():
    why = missing()
    if why is not None:
        print(f'SKIPPED: {why}')
        return 0
    images = sys.argv[sys.argv.index('--images') + 1] if '--images' in sys.argv else None
    project = os.path.join(os.environ.get('TILTH_STUDY', os.path.join(ROOT, 'sample_project', 'output')), 'sample.qgz')
    with tempfile.TemporaryDirectory(prefix='tilth-desktop-') as folder:
        code = run(folder, project if images and os.path.isfile(project) else None)
        small = [name for name in PICTURES
                 if not os.path.isfile(os.path.join(folder, name + '.png'))
                 or os.path.getsize(os.path.join(folder, name + '.png')) < 5000]
        if code == 0 and small:
            print('pictures are missing or empty: ' + ', '.join(small))
            code = 1
        if code == 0 and images:
            os.makedirs(images, exist_ok=True)
            for name in IN_DOCS:
                shutil.copy(os.path.join(folder, name + '.png'), images)
    return code


if __name__ == '__main__':
    sys.exit(main())
