import react from '@vitejs/plugin-react';
import { pagesOf } from '../page/vite.shared.mjs';

// The tool asks for a default export.
export default pagesOf(import.meta.dirname, { plugins: [react()] });
