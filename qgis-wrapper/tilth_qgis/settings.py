# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's two settings, stored with the other settings of Processing.

They are shown under Settings > Options > Processing > Providers > tilth. The Processing framework is
imported only when it is needed, because qgis_process loads plugins before it.
"""

from .translation import tr

ENGINE_PATH = 'TILTH_ENGINE_PATH'
ENGINE_KIND = 'TILTH_ENGINE_KIND'
WORKER = 'worker process'
IN_PROCESS = 'inside QGIS'


def register(group, icon):
    try:
        from processing.core.ProcessingConfig import ProcessingConfig, Setting
    except ImportError:  # a script that uses the provider without the Processing plugin
        return
    ProcessingConfig.settingIcons[group] = icon
    ProcessingConfig.addSetting(
        Setting(group, ENGINE_PATH, tr('Program tilth (empty: found automatically)'), '',
                valuetype=Setting.FILE))
    ProcessingConfig.addSetting(
        Setting(group, ENGINE_KIND, tr('Where tools run (a fault in a worker process does not stop QGIS)'), WORKER,
                valuetype=Setting.SELECTION, options=[WORKER, IN_PROCESS]))
    ProcessingConfig.readSettings()


def unregister():
    try:
        from processing.core.ProcessingConfig import ProcessingConfig
    except ImportError:
        return
    for name in (ENGINE_PATH, ENGINE_KIND):
        if name in ProcessingConfig.settings:
            ProcessingConfig.removeSetting(name)


def _value(name, otherwise):
    try:
        from processing.core.ProcessingConfig import ProcessingConfig
    except ImportError:
        return otherwise
    value = ProcessingConfig.getSetting(name, readable=True)
    return otherwise if value in (None, '') else value


def set_engine_path(path):
    """Stores the path; False when there is no Processing framework to store it with."""
    try:
        from processing.core.ProcessingConfig import ProcessingConfig
    except ImportError:
        return False
    if ENGINE_PATH not in ProcessingConfig.settings:
        return False
    ProcessingConfig.settings[ENGINE_PATH].setValue(path)
    ProcessingConfig.settings[ENGINE_PATH].save()
    return True


def engine_path():
    return _value(ENGINE_PATH, '')


def engine_kind():
    return _value(ENGINE_KIND, WORKER)
