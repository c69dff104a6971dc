# SPDX-License-Identifier: GPL-2.0-or-later
"""The help next to the dialog of a tool: what it does, every parameter with its unit, default and limits, the outputs."""

import html
import re

from . import parameters as kinds
from .translation import tr

LINK = re.compile(r'(?:https?://|\bdoi:\s?)[^\s<>]*[^\s<>.,;)]')


def _linked(text):
    """The text for HTML; addresses and DOIs become links."""
    def link(found):
        shown = found.group(0)
        address = re.sub(r'^doi:\s?', 'https://doi.org/', html.unescape(shown))
        return f'<a href="{html.escape(address)}">{shown}</a>'

    return LINK.sub(link, html.escape(text, quote=False))


def _plain(arg, value):
    """A value as the dialog shows it: the label of a choice, yes and no of a flag."""
    choices = arg.get('choices', [])
    if value in choices and len(arg.get('labels', [])) == len(choices):
        return tr(arg['labels'][choices.index(value)])
    return {'yes': tr('yes'), 'no': tr('no')}.get(value, value) if arg['kind'] == 'flag' else value


def hint_of(arg):
    """Default and limits of a parameter in one line, or ''."""
    hints = []
    if arg.get('default') not in (None, ''):
        hints.append(tr('default {}').format(_plain(arg, arg['default'])))
    elif arg['optional'] and not arg['output']:
        hints.append(tr('optional'))
    limits = kinds.limits_text(arg)
    return '; '.join(hints + ([limits] if limits else []))


def _entry(arg):
    hint = hint_of(arg)
    tail = f' <i>({html.escape(hint, quote=False)})</i>' if hint else ''
    return f'<p><b>{html.escape(kinds.label_of(arg), quote=False)}</b>{tail}<br>{_linked(arg.get("help", ""))}</p>'


def text_of(description):
    """HTML of the panel. One line, because QGIS makes a paragraph of every line."""
    parts = [f'<p>{_linked(paragraph)}</p>' for paragraph in description.get('help', '').split('\n') if paragraph]
    inputs = [arg for arg in description['parameters'] if not arg['output']]
    for title, chosen in ((tr('Parameters'), [arg for arg in inputs if not arg['advanced']]),
                          (tr('Advanced parameters'), [arg for arg in inputs if arg['advanced']]),
                          (tr('Outputs'), [arg for arg in description['parameters'] if arg['output']])):
        if chosen:
            parts.append(f'<h3>{title}</h3>' + ''.join(_entry(arg) for arg in chosen))
    if description.get('example'):
        parts.append(f'<h3>{tr("Example (in a terminal)")}</h3><p><code>{html.escape(description["example"], quote=False)}</code></p>')
    if description.get('citation'):
        parts.append(f'<h3>{tr("Source")}</h3><p>{_linked(description["citation"])}</p>')
    return ''.join(parts)
