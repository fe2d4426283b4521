import path from 'node:path';
import react from '@vitejs/plugin-react';
import { pagesOf } from '../page/vite.shared.mjs';

const standIn = (name) => path.join(import.meta.dirname, `stand-ins/${name}.js`);

// The tool asks for a default export.
export default pagesOf(import.meta.dirname, {
  plugins: [react()],
  alias: { '@perses-dev/spec': standIn('spec'), '@perses-dev/client': standIn('client') },
});
