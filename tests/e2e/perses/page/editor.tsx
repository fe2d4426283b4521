// The options editor of the plugin, as the panel's drawer shows it.

import { InferenceTriage, type InferenceTriageOptions } from '@inference-triage/perses';
import { useState, type ReactNode } from 'react';
import { show } from './providers';
import { pageRequest } from './request';

const request = pageRequest();
const Editor = InferenceTriage.panelOptionsEditorComponents[0]?.content;
if (Editor === undefined) throw new Error('the plugin has no options editor');

function Edited(): ReactNode {
  const [value, setValue] = useState<InferenceTriageOptions>(request.panel.plugin.spec);
  Object.assign(globalThis, { options: value });
  return (
    <div style={{ width: request.size.width }}>
      <h1>Options</h1>
      <Editor value={value} onChange={setValue} />
    </div>
  );
}

show(request, <Edited />);
